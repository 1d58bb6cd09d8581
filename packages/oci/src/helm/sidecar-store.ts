import type { Answer, Proof, ReleaseObject, Store, Warning } from "@colophon/core";
import type { Http } from "@colophon/http";
import { pgpSignature } from "../chart.ts";
import { digestOf } from "../digest.ts";
import { OciError } from "../error.ts";
import { digestNotTold, reasonOfError, type OciReason } from "../reason.ts";
import { accessDenied, errorOfFailure, errorOfStatus, unreadable } from "../registry/failure.ts";
import { showUrl } from "./repository.ts";

/** Objects under way at once; the client bounds their requests. */
const AT_ONCE = 8;
const MOST_BYTES = 16 * 1024 * 1024;
/** Each is verified. */
const MOST_LINES = 100;

/**
 * What lies beside the archive of a chart in a classic repository, on the archive's own host: `.sigstore.json` (a
 * bundle) and `.intoto.jsonl` (bundles or envelopes, one a line). A `.prov` there is a PGP signature, which is told and
 * proves nothing. Nothing else has such a place.
 */
export function createSidecarStore({ http }: { readonly http: Http }): Store {
  return {
    name: "folder",
    async *find(batch) {
      const answers: Promise<Answer>[] = [];
      for (const [index] of batch.entries()) {
        const next = batch.slice(answers.length, index + AT_ONCE);
        answers.push(...next.map((object) => answerFor(http, object)));
        yield await (answers[index] as Promise<Answer>);
      }
    },
  };
}

async function answerFor(http: Http, object: ReleaseObject): Promise<Answer> {
  const { id, helm } = object;
  if (helm === undefined) return { object: id, status: "not-applicable" };
  const archive = URL.parse(helm.archiveUrl ?? "");
  // Nowhere else could hold its proofs either, so that nothing would say that they are missing.
  if (archive === null) return { object: id, status: "unavailable", reason: noArchive(id) };
  // What has no digest is unknown whatever lies there.
  if (Object.keys(object.digest).length === 0) {
    const reason = { ...digestNotTold(object), hint: "Download and hash it with --hash." };
    return { object: id, status: "unavailable", reason };
  }
  try {
    const bundle = await readBeside(http, archive, ".sigstore.json");
    const lines = await readBeside(http, archive, ".intoto.jsonl");
    const found = [...toProofs(bundle === undefined ? [] : [bundle.bytes], bundle?.location), ...splitLines(lines)];
    if (found.length > 0) return { object: id, status: "answered", found };
    return { object: id, status: "answered", found, warnings: await findPgp(http, archive) };
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    return { object: id, status: "unavailable", reason: reasonOfError(showUrl(archive), error) };
  }
}

function noArchive(id: string): OciReason {
  const message = `${id.slice(0, 300)}: the index tells no http or https URL of its archive, to look beside`;
  return {
    code: "entry-unreadable",
    message,
    hint: "Verify the archive as a file: colophon verify FILE --bundle BUNDLE.",
  };
}

interface Sidecar {
  readonly bytes: Uint8Array;
  readonly location: string;
}

async function readBeside(http: Http, archive: URL, ending: string): Promise<Sidecar | undefined> {
  const url = beside(archive, ending);
  const answer = await http.fetchBytes({ url: url.href, maxBytes: MOST_BYTES });
  if (answer.outcome === "failed") throw errorOfFailure(answer.reason);
  const { code, bytes } = answer;
  if (code === 404 || code === 410) return undefined;
  if (code === 401 || code === 403) {
    throw accessDenied(`${ending}: ${code}`, "Some storage says this of what is not there: let it list its files.");
  }
  if (code !== 200) throw errorOfStatus({ code, bytes }, ending, true);
  // Sites of one page answer so to everything.
  if (/^\s*</.test(Buffer.from(bytes.subarray(0, 64)).toString("latin1"))) throw unreadable(`${ending} is a web page`);
  return { bytes, location: showUrl(url) };
}

function splitLines(sidecar: Sidecar | undefined): readonly Proof[] {
  if (sidecar === undefined) return [];
  const lines = Buffer.from(sidecar.bytes)
    .toString("utf8")
    .split("\n", MOST_LINES + 2);
  const told = lines.map((line) => line.trim()).filter((line) => line !== "");
  if (told.length > MOST_LINES) {
    throw new OciError("TOO_LARGE", `${sidecar.location} has more than ${MOST_LINES} attestations`);
  }
  return toProofs(
    told.map((line) => Buffer.from(line)),
    sidecar.location,
  );
}

/** The verifier looks into them by itself: both forms are JSON. */
function toProofs(all: readonly Uint8Array[], location = ""): readonly Proof[] {
  return all.map((bytes) => ({
    mediaType: "application/json",
    bytes,
    digest: digestOf(bytes),
    store: "folder",
    location,
    filed: "object",
  }));
}

/** Worth one question only where nothing else was found, and no reason to know less if there is no answer. */
async function findPgp(http: Http, archive: URL): Promise<readonly Warning[]> {
  const url = beside(archive, ".prov");
  const answer = await http.fetchBytes({ url: url.href, method: "HEAD", maxBytes: 0 });
  const isThere = answer.outcome === "answered" && answer.code === 200;
  return isThere && !/^text\/html/i.test(answer.headers["content-type"] ?? "")
    ? [pgpSignature("beside the archive lies")]
    : [];
}

function beside(archive: URL, ending: string): URL {
  const url = new URL(archive);
  url.pathname += ending;
  return url;
}
