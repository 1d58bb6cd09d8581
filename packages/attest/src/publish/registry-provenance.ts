import type { NotDone, Publication, Publisher, Verifier } from "@colophon/core";
import { holdAgainst } from "../read-back.ts";

const PROVENANCE = "https://slsa.dev/provenance/";

/** Whether the registry itself holds provenance of these bytes that authenticates. */
export async function readRegistryProvenance(
  publication: Publication,
  publisher: Publisher,
  verifier: Verifier,
): Promise<{ readonly status: "proven" } | NotDone> {
  const { id, name, version, digest } = publication;
  const answer = await publisher.attestations(publication);
  if (answer.status === "unavailable") return { status: "unreachable", reason: answer.reason };
  const found = answer.status === "answered" ? answer.found : [];
  const subjects = new Map([[id, { name: id, digest, from: "given" } as const]]);
  const failures: NotDone[] = [];
  for (const proof of found.filter(({ listedAs }) => listedAs?.startsWith(PROVENANCE))) {
    const { status, reason } = await holdAgainst(proof, [id], subjects, verifier);
    if (status === "proven") return { status };
    if (reason !== undefined) failures.push({ status, reason });
  }
  const [first] = failures;
  if (first !== undefined) return first;
  const reason = {
    code: "registry-provenance-missing",
    message: `${name}@${version} is published, and the registry holds no provenance of it`,
    hint: "npm makes it in a CI that it knows, for public packages and repositories: see what `npm publish` said.",
  };
  return { status: "refused", reason };
}
