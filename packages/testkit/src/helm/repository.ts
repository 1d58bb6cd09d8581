import { createHash } from "node:crypto";
import { createFaults, decodePath, type RequestMatcher, type Script } from "../faults.ts";
import { serveLoopback, type Request } from "../loopback-server.ts";

/** One version of a chart as its repository lists and serves it. */
export interface HelmChart {
  readonly name: string;
  readonly version: string;
  /** Bytes of its archive; null serves none. Default: the name and version as text. */
  readonly archive?: string | Uint8Array | null;
  /** Further members of its entry in the index, or others in place of the usual ones; `undefined` leaves one out. */
  readonly entry?: Readonly<Record<string, unknown>>;
}

/** A running classic repository: a folder of files with an `index.yaml`. */
export interface EmbeddedHelmRepository {
  /** `http://127.0.0.1:<port>/stable`, as `helm repo add` takes it. */
  readonly url: string;
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** The oldest first. */
  readonly requests: Request[];
  /** Scripts answers for some requests. */
  readonly respond: (matcher: RequestMatcher, script: Script) => void;
  /** Lists and serves a chart, and gives the SHA-256 of its archive in hexadecimal. */
  readonly addChart: (chart: HelmChart) => string;
  /** Serves a file of that name beside the archives. `index.yaml` replaces the one that is made of the charts. */
  readonly put: (name: string, content: string | Uint8Array) => void;
  close(): Promise<void>;
}

const FOLDER = "/stable";

/** Starts a classic repository on loopback (Helm, "The chart repository"). */
export async function startHelmRepository(): Promise<EmbeddedHelmRepository> {
  const files = new Map<string, Uint8Array>();
  const entries = new Map<string, object[]>();
  const requests: Request[] = [];
  const faults = createFaults();
  const server = await serveLoopback((request) => {
    requests.push(request);
    return faults.apply(request, async () => {
      const path = decodePath(request.path);
      const name = path.startsWith(`${FOLDER}/`) ? path.slice(FOLDER.length + 1) : "";
      const body = files.get(name) ?? (name === "index.yaml" ? writeIndex(entries) : undefined);
      if (body === undefined) return { status: 404, body: "404 page not found\n" };
      return { status: 200, headers: { "content-type": "application/octet-stream" }, body };
    });
  });
  return {
    url: `${server.url}${FOLDER}`,
    host: new URL(server.url).host,
    requests,
    respond: faults.respond,
    addChart({ name, version, archive = `${name} ${version}\n`, entry = {} }) {
      const bytes = Buffer.from(archive ?? "");
      const digest = createHash("sha256").update(bytes).digest("hex");
      const file = `${name}-${version}.tgz`;
      const usual = {
        apiVersion: "v2",
        name,
        version,
        urls: [file],
        digest,
        created: "2026-01-31T12:00:00.123456789Z",
      };
      entries.set(name, [...(entries.get(name) ?? []), { ...usual, ...entry }]);
      if (archive !== null) files.set(file, bytes);
      return digest;
    },
    put: (name, content) => void files.set(name, Buffer.from(content)),
    close: () => server.close(),
  };
}

/** In block style, as Helm writes it, but for the entries themselves. */
function writeIndex(entries: ReadonlyMap<string, readonly object[]>): string {
  const charts = [...entries].map(([name, all]) =>
    [`  ${name}:`, ...all.map((entry) => `  - ${JSON.stringify(entry)}`)].join("\n"),
  );
  return `apiVersion: v1\nentries:${charts.length === 0 ? " {}" : ""}\n${charts.join("\n")}\ngenerated: "2026-01-31T12:00:00Z"\n`;
}
