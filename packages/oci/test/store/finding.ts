import type { Answer, Proof, ReleaseObject } from "@colophon/core";
import { registryLocation } from "../../src/location.ts";
import type { Repository } from "../../src/reference.ts";
import { createOciStore } from "../../src/store/oci-store.ts";
import { collect } from "../collect.ts";
import { type WrittenDescriptor } from "../layout-folder.ts";
import { clientOf, type FakeRegistry } from "../registry/loopback.ts";

export const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";

export function objectOf(digest: string, ...locations: readonly string[]): ReleaseObject {
  return {
    id: `pkg:oci/widget@${digest}`,
    channels: ["oci"],
    locations,
    digest: { sha256: digest.slice(7) },
    digestFrom: "registry",
    name: "widget",
    version: digest,
    publishedAt: null,
    tags: [],
    declaredRepository: null,
    deprecated: null,
  };
}

export async function find(
  fake: FakeRegistry,
  objects: readonly ReleaseObject[],
  elsewhere: readonly Repository[] = [],
): Promise<readonly Answer[]> {
  return await collect(createOciStore({ registry: clientOf([fake]), elsewhere }).find(objects));
}

export async function findOne(
  fake: FakeRegistry,
  digest: string,
  elsewhere?: readonly Repository[],
): Promise<Answer | undefined> {
  return (await find(fake, [objectOf(digest, registryLocation(fake.widget, digest))], elsewhere))[0];
}

export function proofsIn(answer: Answer | undefined): readonly Proof[] {
  if (answer?.status === "answered") return answer.found;
  throw new Error(JSON.stringify(answer));
}

/** What the proofs hold, and in which manifest they were found. */
export function told(answer: Answer | undefined, fake: FakeRegistry): readonly [string, string][] {
  return proofsIn(answer).map(({ bytes, location }) => [
    Buffer.from(bytes).toString(),
    location.replace(`oci://${fake.host}/`, ""),
  ]);
}

export function refer(fake: FakeRegistry, subject: WrittenDescriptor, text: string, tag?: string): WrittenDescriptor {
  return fake.addManifest([fake.add(text, BUNDLE)], { artifactType: BUNDLE, subject }, tag);
}
