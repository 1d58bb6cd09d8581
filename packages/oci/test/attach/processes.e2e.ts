import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { registryLocation } from "../../src/location.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import { createOciStore } from "../../src/store/oci-store.ts";
import { collect } from "../collect.ts";
import { clientOf, startFake } from "../registry/loopback.ts";

const PROCESS = fileURLToPath(new URL("attach-process.ts", import.meta.url));

test("50 processes that attach to one image at once lose nothing, though their list can be overwritten", async () => {
  const fake = await startFake();
  fake.hasReferrers = false;
  const image = fake.addImage("image", "1.4.0");
  const run = promisify(execFile);
  const args = (note: number): readonly string[] => [
    "--conditions=@colophon/source",
    PROCESS,
    fake.host,
    image.digest,
    `${note}`,
  ];
  const ended = await Promise.all(Array.from({ length: 50 }, (_, note) => run(process.execPath, args(note))));
  expect(ended.map(({ stdout }) => stdout)).toEqual(Array(50).fill("written fallback-tag"));
  const registry = clientOf([fake]);
  const object = {
    id: image.digest,
    channels: ["oci"],
    locations: [registryLocation(fake.widget, image.digest)],
    digest: { sha256: image.digest.slice(7) },
    digestFrom: "registry",
    name: "widget",
    version: null,
    publishedAt: null,
    tags: [],
    declaredRepository: null,
    deprecated: null,
  } as const;
  const [answer] = await collect(createOciStore({ registry }).find([object]));
  expect(answer?.status === "answered" && new Set(answer.found.map(({ digest }) => digest)).size).toBe(50);
  const list = await registry.manifest(fake.widget, fallbackTag(image.digest));
  expect(list.ok && list.value.manifest.kind === "index" && list.value.manifest.manifests.length).toBe(50);
});
