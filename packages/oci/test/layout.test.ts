import { rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestOf } from "../src/digest.ts";
import { openLayout } from "../src/layout.ts";
import { makeFolder, makeLayout } from "./layout-folder.ts";

test("reads manifests and blobs of either algorithm", async () => {
  const written = await makeLayout();
  const image = await written.addImage("layer");
  const long = digestOf(Buffer.from("long"), "sha512");
  await written.writeBlob(long, "long");
  await written.writeIndex([image]);
  const layout = await openLayout(written.folder);
  expect(layout).toMatchObject({ folder: written.folder, index: { kind: "index", manifests: [image] } });
  await expect(layout.manifest(image.digest)).resolves.toMatchObject({ kind: "manifest", layers: [{ size: 5 }] });
  await expect(layout.blob(digestOf(Buffer.from("layer")))).resolves.toEqual(Buffer.from("layer"));
  await expect(layout.blob(long)).resolves.toEqual(Buffer.from("long"));
});

test("opens a layout by a symbolic link to its folder", async () => {
  const { folder } = await makeLayout();
  const link = join(await makeFolder(), "link");
  await symlink(folder, link);
  await expect(openLayout(link)).resolves.toMatchObject({ folder: link });
});

test.each(["oci-layout", "index.json"])("refuses a folder without %s", async (file) => {
  const { folder } = await makeLayout();
  await rm(join(folder, file));
  await expect(openLayout(folder)).rejects.toMatchObject({
    code: "LAYOUT_UNREADABLE",
    message: `${folder} is not an OCI image layout`,
    hint: expect.stringContaining("oci-layout"),
    cause: { code: "BLOB_MISSING" },
  });
});

test("refuses a folder that is not there", async () => {
  const folder = join(await makeFolder(), "none");
  await expect(openLayout(folder)).rejects.toMatchObject({ code: "LAYOUT_UNREADABLE", cause: { code: "ENOENT" } });
});

test.each([
  ["another version", '{"imageLayoutVersion":"2.0.0"}', '"2.0.0"'],
  ["no version", "{}", "no version"],
])("refuses a layout of %s", async (_name, marker, message) => {
  const { folder } = await makeLayout();
  await writeFile(join(folder, "oci-layout"), marker);
  await expect(openLayout(folder)).rejects.toMatchObject({
    code: "LAYOUT_UNREADABLE",
    message: expect.stringContaining(message),
  });
});

test("refuses an index.json that is an image manifest, is no JSON, leads outside or is too large", async () => {
  const written = await makeLayout();
  const path = join(written.folder, "index.json");
  const config = await written.add({}, "text/plain");
  await writeFile(path, JSON.stringify({ config, layers: [] }));
  await expect(openLayout(written.folder)).rejects.toMatchObject({ code: "LAYOUT_UNREADABLE" });
  await writeFile(path, "<html>");
  await expect(openLayout(written.folder)).rejects.toMatchObject({
    code: "MANIFEST_INVALID",
    message: "index.json is not JSON but HTML",
  });
  await truncate(path, 4 * 1024 * 1024 + 1);
  await expect(openLayout(written.folder)).rejects.toMatchObject({ code: "TOO_LARGE" });
  await rm(path);
  const other = await makeLayout();
  await symlink(join(other.folder, "index.json"), path);
  await expect(openLayout(written.folder)).rejects.toMatchObject({ code: "BLOB_REFUSED" });
});

test("refuses a blob with other bytes than its name says", async () => {
  const written = await makeLayout();
  const digest = digestOf(Buffer.from("good"));
  await written.writeBlob(digest, "evil");
  const layout = await openLayout(written.folder);
  const mismatch = { code: "DIGEST_MISMATCH", message: expect.stringContaining(digest.replace(":", "/")) };
  await expect(layout.blob(digest)).rejects.toMatchObject(mismatch);
  await expect(layout.manifest(digest)).rejects.toMatchObject(mismatch);
});

test("refuses a digest that is a path, though a file stands there", async () => {
  const { folder } = await makeLayout();
  const layout = await openLayout(folder);
  await expect(layout.blob("sha256:../../index.json")).rejects.toMatchObject({ code: "DESCRIPTOR_INVALID" });
  await expect(layout.manifest("../..:index.json")).rejects.toMatchObject({ code: "DESCRIPTOR_INVALID" });
});

test("refuses a blob that is not there, and one that is linked from outside", async () => {
  const { folder } = await makeLayout();
  const layout = await openLayout(folder);
  const digest = digestOf(Buffer.from("secret"));
  await expect(layout.blob(digest)).rejects.toMatchObject({ code: "BLOB_MISSING" });
  const outside = join(await makeFolder(), "secret");
  await writeFile(outside, "secret");
  await symlink(outside, join(folder, "blobs", digest.replace(":", "/")));
  await expect(layout.blob(digest)).rejects.toMatchObject({ code: "BLOB_REFUSED" });
});

test("reads at most 4 MB as a manifest and 32 MB as a blob", async () => {
  const written = await makeLayout();
  const layout = await openLayout(written.folder);
  const digest = digestOf(Buffer.alloc(4 * 1024 * 1024 + 1));
  await written.writeBlob(digest, Buffer.alloc(4 * 1024 * 1024 + 1));
  await expect(layout.manifest(digest)).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(layout.blob(digest)).resolves.toHaveLength(4 * 1024 * 1024 + 1);
  await truncate(join(written.folder, "blobs", digest.replace(":", "/")), 32 * 1024 * 1024 + 1);
  await expect(layout.blob(digest)).rejects.toMatchObject({ code: "TOO_LARGE" });
});
