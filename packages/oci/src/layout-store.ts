import type { Answer, ReleaseObject, Store } from "@colophon/core";
import { OciError } from "./error.ts";
import { isFor, ownDigests, toProofs, type Asked } from "./layer-proof.ts";
import type { Layout } from "./layout.ts";
import { locationOf } from "./location.ts";
import { digestNotTold, reasonOfError } from "./reason.ts";
import { claimedSubjects } from "./statement-subjects.ts";
import { surveyLayout, type Survey } from "./survey.ts";

/** What is read once for all objects: the manifests, and whom the statements without another name name. */
interface Reading extends Pick<Asked, "source" | "subjectsOf"> {
  readonly layout: Layout;
  readonly survey: () => Promise<Survey>;
}

/**
 * The attestations in a layout: cosign's `.att` manifests, OCI 1.1 referrers, and BuildKit's. A manifest that cannot
 * be read and may be about the object makes the answer `unavailable`. The layout's manifests are read once.
 */
export function createLayoutStore(layout: Layout): Store {
  let survey: Promise<Survey> | undefined;
  const claimed = new Map<string, Promise<ReadonlySet<string>>>();
  const read: Reading = {
    layout,
    source: {
      blob: ({ digest }) => layout.blob(digest),
      locationOf: (digest) => locationOf(layout, digest),
    },
    survey: () => (survey ??= surveyLayout(layout)),
    subjectsOf: (blob) => {
      const subjects = claimed.get(blob) ?? layout.blob(blob).then(claimedSubjects);
      claimed.set(blob, subjects);
      return subjects;
    },
  };
  return {
    name: "oci",
    async *find(batch) {
      for (const object of batch) yield await answerFor(object, read);
    },
  };
}

async function answerFor(object: ReleaseObject, read: Reading): Promise<Answer> {
  const { layout, source, subjectsOf } = read;
  if (!object.channels.includes("oci")) return { object: object.id, status: "not-applicable" };
  const digests = ownDigests(object.digest);
  if (digests.length === 0) return { object: object.id, status: "unavailable", reason: digestNotTold(object) };
  try {
    const survey = await read.survey();
    const asked: Asked = { source, digests, isOnlyImage: isOnlyImage(survey, digests), subjectsOf };
    const fault = survey.faults.find(
      ({ digest, subjects }) => !digests.includes(digest) && (subjects.length === 0 || isFor(subjects, digests)),
    );
    if (fault !== undefined) throw fault.error;
    const { found, unread } = await toProofs(survey.attestations, asked);
    if (unread === undefined) return { object: object.id, status: "answered", found };
    const reason = reasonOfError(`oci-layout:${layout.folder}`, unread);
    return { object: object.id, status: "unavailable", reason, found };
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    return { object: object.id, status: "unavailable", reason: reasonOfError(`oci-layout:${layout.folder}`, error) };
  }
}

/** `cosign save` writes one image and what is about it, and names no subject. */
function isOnlyImage({ images }: Survey, digests: readonly string[]): boolean {
  return images.length === 1 && images.every(({ digest }) => digests.includes(digest));
}
