import { TrustedRoot } from "@sigstore/protobuf-specs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startSigstore, writeTrustedRoot } from "../../src/index.ts";

test("a trusted root names two logs, a CA, a CT log and a timestamp authority, valid since long ago", async () => {
  const sigstore = await startSigstore();
  await sigstore.close();
  const root = TrustedRoot.fromJSON(sigstore.trustedRoot);
  expect(root.mediaType).toBe("application/vnd.dev.sigstore.trustedroot+json;version=0.1");
  expect([root.tlogs.length, root.certificateAuthorities.length, root.ctlogs.length]).toEqual([2, 1, 1]);
  expect(root.timestampAuthorities[0]?.certChain?.certificates).toHaveLength(2);
  const starts = [
    ...[...root.tlogs, ...root.ctlogs].map((log) => log.publicKey?.validFor?.start),
    ...[...root.certificateAuthorities, ...root.timestampAuthorities].map((authority) => authority.validFor?.start),
  ];
  for (const start of starts) expect(start?.getFullYear()).toBeLessThan(2020);
});

test("a trusted root is written as one line with a newline at its end", async () => {
  const sigstore = await startSigstore();
  await sigstore.close();
  const folder = await mkdtemp(join(tmpdir(), "testkit-"));
  const file = join(folder, "trusted-root.json");
  await writeTrustedRoot(file, sigstore.trustedRoot);
  const text = await readFile(file, "utf8");
  expect(text.indexOf("\n")).toBe(text.length - 1);
  expect(JSON.parse(text)).toEqual(sigstore.trustedRoot);
  await rm(folder, { recursive: true });
});
