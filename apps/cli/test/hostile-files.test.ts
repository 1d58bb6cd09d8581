import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { colophon, emptyFolder } from "./colophon.ts";

const MB = 1024 * 1024;
const BUNDLE =
  '"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","dsseEnvelope":{"payload":"","payloadType":"","signatures":[{"sig":"AA=="}]}';

function withCertificate(bytes: number): string {
  // As many elements as fit in: each NULL has two bytes.
  const der = Buffer.alloc(bytes, Buffer.from([5, 0]));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  const rawBytes = Buffer.concat([Buffer.from([0x30, 0x84]), length, der]).toString("base64");
  return `{${BUNDLE},"verificationMaterial":{"certificate":{"rawBytes":"${rawBytes}"},"tlogEntries":[]}}`;
}

// The process ends by itself where it needs more memory than it may have: a file's size is what bounds it, not its tricks.
test.each<[string, () => string, string]>([
  ["a list of six million numbers", () => `{${BUNDLE},"more":[${"0,".repeat(6 * MB)}0]}`, "verificationMaterial"],
  ["a certificate of three million parts", () => withCertificate(6 * MB), "64 KB"],
  ["an answer of eight million entries", () => `{"attestations":[${"0,".repeat(8 * MB)}0]}`, "more than 10000"],
  ["forty million lines", () => `{"payload":""}${"\n".repeat(40 * MB)}{}`, "more than 10000"],
])("inspects %s in 256 MB", async (_, content, why) => {
  const folder = await emptyFolder();
  await writeFile(join(folder, "proof.json"), content());
  const nodeOptions = ["--max-old-space-size=256"];
  const { code, stdout, stderr } = await colophon(["inspect", "proof.json"], { cwd: folder, nodeOptions });
  expect([1, 2]).toContain(code);
  expect(stdout + stderr).toContain(why);
});
