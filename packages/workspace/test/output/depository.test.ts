import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Attestation, Plan } from "@colophon/core";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { createFolderDepository, openOutputFolder } from "../../src/index.ts";

const ATTESTATION: Attestation = { mediaType: "application/json", bytes: Buffer.from("{}"), digest: "sha256:00" };
const PLAN = {} as Plan;
let folder: string;

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), "colophon-depository-"));
  folder = join(parent, "public");
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
});

test("a deposit is read back as it lies there, however often it is made", async () => {
  const depository = createFolderDepository(folder);
  expect(await depository.check(PLAN)).toEqual([]);
  const location = join(folder, "a.json");
  expect(await depository.deposit(ATTESTATION, "a.json")).toEqual({ status: "deposited", location });
  expect(await depository.deposit(ATTESTATION, "a.json")).toEqual({ status: "deposited", location });
  await writeFile(location, "{1}");
  const back = await depository.readBack(ATTESTATION, "a.json");
  expect(back).toMatchObject({ store: "folder", location, filed: "object" });
  expect("bytes" in back && Buffer.from(back.bytes).toString()).toBe("{1}");
});

test("what is gone again is a reason", async () => {
  const depository = createFolderDepository(folder);
  expect(await depository.readBack(ATTESTATION, "a.json")).toMatchObject({ reason: { code: "deposit-gone" } });
});

test("what somebody else wrote is left as it is, and the deposit refused", async () => {
  const depository = createFolderDepository(folder);
  await depository.check(PLAN);
  await writeFile(join(folder, "a.json"), "theirs");
  expect(await depository.deposit(ATTESTATION, "a.json")).toMatchObject({
    status: "refused",
    reason: { code: "OUTPUT_FOREIGN" },
  });
  expect(await readFile(join(folder, "a.json"), "utf8")).toBe("theirs");
});

test("a folder that is none is a problem before anything is signed", async () => {
  await writeFile(folder, "a file");
  expect(await createFolderDepository(folder).check(PLAN)).toMatchObject([
    { status: "refused", reason: { code: "OUTPUT_UNWRITABLE" } },
  ]);
});

test("an output folder gives up what it wrote, and nothing else; a name is claimed alike", async () => {
  const output = await openOutputFolder(folder);
  await output.write("a.json", "ours");
  await writeFile(join(folder, "b.json"), "theirs");
  await output.claim("a.json");
  await output.claim("c.json");
  await expect(output.claim("b.json")).rejects.toMatchObject({ code: "OUTPUT_FOREIGN" });
  await expect(output.remove("b.json")).rejects.toMatchObject({ code: "OUTPUT_FOREIGN" });
  await output.remove("a.json");
  await output.remove("a.json");
  expect(await output.read("a.json")).toBeUndefined();
  await output.close();
});
