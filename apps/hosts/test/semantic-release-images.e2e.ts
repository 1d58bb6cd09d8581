import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildImage, startOciRegistry } from "@colophon/testkit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startVerdaccio, type Verdaccio } from "../src/verdaccio.ts";
import { makeReleaseWorld, OWN, packageOf } from "./release-world.ts";

let verdaccio: Verdaccio;
beforeAll(async () => void (verdaccio = await startVerdaccio()));
afterAll(() => verdaccio.close());

/** Pushes what a file holds, as plugins do in `publish` once there is a tag. */
const PUSH = `import { readFile } from "node:fs/promises";
const [url, tag] = process.argv.slice(2);
const { blobs, manifests } = JSON.parse(await readFile("image.json", "utf8"));
const send = async (method, path, body, type) => {
  const answer = await fetch(new URL(path, url), { method, body, headers: { "content-type": type } });
  if (!answer.ok) throw new Error(method + " " + path + ": " + answer.status);
  return answer.headers.get("location");
};
for (const { digest, content } of blobs) {
  const at = await send("POST", "/v2/acme/widget/blobs/uploads/", "", "application/octet-stream");
  const place = new URL(at, url);
  place.searchParams.append("digest", digest);
  await send("PUT", place.href, Buffer.from(content, "base64"), "application/octet-stream");
}
for (const { digest, content, mediaType, isLast } of manifests)
  await send("PUT", "/v2/acme/widget/manifests/" + (isLast ? tag : digest), Buffer.from(content, "base64"), mediaType);
`;

test("an image that a plugin pushes in publish is proven with the npm package of the release", async () => {
  const registry = await startOciRegistry();
  onTestFinished(() => registry.close());
  const plugins = [
    ["@semantic-release/exec", { publishCmd: `node push.mjs ${registry.url} \${nextRelease.version}` }],
    [OWN, { images: `${registry.host}/acme/widget:\${nextRelease.version}` }],
  ];
  const files = packageOf("@acme/with-image", ["@semantic-release/npm", ...plugins]);
  const image = buildImage("acme/widget", [], { platforms: ["linux/amd64", "linux/arm64"] });
  const world = await makeReleaseWorld(verdaccio, {
    ...files,
    "push.mjs": PUSH,
    "image.json": JSON.stringify(toFile(image)),
  });
  const result = await world.release();
  expect(result.code, result.stdout + result.stderr).toBe(0);
  const receipt = await world.receipt();
  expect(receipt).toMatchObject({ status: "sealed", statements: [{ subjects: 1 }, { subjects: 3 }] });
  expect(receipt.objects[0]?.name).toBe("pkg:npm/%40acme/with-image@1.0.0");
  expect(receipt.objects[1]?.name).toContain(`pkg:oci/widget@${image.digest}`);
  const source = ["--source-repository", "https://github.com/acme/widgets"];
  const verified = await world.run("colophon", ["verify", `oci://${registry.host}/acme/widget:1.0.0`, ...source]);
  expect(verified.code, verified.stderr).toBe(0);
  expect(await readFile(join(world.repository.folder, "dist/colophon/plan.json"), "utf8")).toContain("pkg:oci/widget");
});

/** As JSON, with digests, the part that the tag is to name at the end. */
function toFile({ blobs, manifests }: ReturnType<typeof buildImage>): object {
  const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  const encode = (bytes: Uint8Array): object => ({
    digest: digestOf(bytes),
    content: Buffer.from(bytes).toString("base64"),
  });
  return {
    blobs: blobs.map(encode),
    manifests: manifests.map(({ bytes, mediaType }, index) => ({
      ...encode(bytes),
      mediaType,
      isLast: index === manifests.length - 1,
    })),
  };
}
