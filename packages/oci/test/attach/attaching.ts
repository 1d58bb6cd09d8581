import type { Attestation, Proof } from "@colophon/core";
import { attach, type Attached } from "../../src/attach/attach.ts";
import { digestOf } from "../../src/digest.ts";
import { registryLocation } from "../../src/location.ts";
import type { Answered } from "../../src/reason.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import type { RegistryOptions } from "../../src/registry/registry.ts";
import { createOciStore } from "../../src/store/oci-store.ts";
import { collect } from "../collect.ts";
import { IMPATIENT } from "../impatient.ts";
import { envelopeFor, type WrittenDescriptor } from "../layout-folder.ts";
import { clientOf, type FakeRegistry, type Loopback } from "../registry/loopback.ts";

export const INDEX = "application/vnd.oci.image.index.v1+json";
export const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
export const CREATED = "2026-01-02T03:04:05Z";

export function bundleOf(content: unknown): Attestation {
  const bytes = Buffer.from(JSON.stringify(content));
  return { mediaType: BUNDLE, bytes, digest: digestOf(bytes) };
}

export const provenanceOf = ({ digest }: WrittenDescriptor, note = ""): Attestation =>
  bundleOf({ mediaType: BUNDLE, note, dsseEnvelope: envelopeFor(digest) });

export async function attachTo(
  fake: FakeRegistry,
  { digest: subject }: WrittenDescriptor,
  bundle: Attestation,
  options: Partial<RegistryOptions> & { readonly also?: readonly Loopback[] } = {},
): Promise<Answered<Attached>> {
  const registry = clientOf([fake, ...(options.also ?? [])], options);
  return await attach({ registry, repository: fake.widget, subject, bundle, created: CREATED, patience: IMPATIENT });
}

export async function proofsOf(fake: FakeRegistry, { digest }: WrittenDescriptor): Promise<readonly Proof[]> {
  const object = {
    id: digest,
    locations: [registryLocation(fake.widget, digest)],
    digest: { sha256: digest.slice(7) },
  };
  const store = createOciStore({ registry: clientOf([fake]) });
  const [answer] = await collect(store.find([object as unknown as Parameters<typeof store.find>[0][number]]));
  if (answer?.status !== "answered") throw new Error(JSON.stringify(answer));
  return answer.found;
}

export const writes = (fake: FakeRegistry): readonly string[] =>
  fake.asked().filter((asked) => /^(?:POST|PUT)/.test(asked));

/** The list of what refers to an image, as others read it. */
export async function listOf(fake: FakeRegistry, { digest }: WrittenDescriptor): Promise<readonly string[]> {
  const list = await clientOf([fake]).manifest(fake.widget, fallbackTag(digest));
  if (!list.ok || list.value.manifest.kind !== "index") throw new Error(JSON.stringify(list));
  return list.value.manifest.manifests.map((entry) => entry.digest);
}
