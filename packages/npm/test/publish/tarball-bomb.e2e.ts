import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readTarballManifest } from "../../src/publish/index.ts";
import { makeFolder } from "../world.ts";

test("stops at 2 GB decompressed, whatever the wire has", async () => {
  const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 1 });
  const bomb = Buffer.concat(Array.from({ length: 33 }, () => zeros));
  const path = join(await makeFolder({ "bomb.tgz": bomb }), "bomb.tgz");
  await expect(readTarballManifest(path)).rejects.toThrow("more than 2147483648 bytes");
});
