import { parseArgs } from "node:util";
import { usage } from "./error.ts";

export const HELP = `Usage: colophon-container-push [options] <image>…
       colophon-container-push --metadata-file metadata.json

Confirms with its registry what was pushed, signs provenance of index and platforms in one statement, attaches it to each,
and reads it back. An image is named like ghcr.io/acme/widget:1.4.0; without any, all that its builder names are attested.

  --metadata-file FILE   What the builder wrote: buildx build, bake and imagetools create --metadata-file, jib-image.json,
                         report.toml of pack, oras push --format json
  --digest-file FILE     skopeo, buildah, podman --digestfile; kaniko --digest-file and its others; ko, crane --image-refs;
                         skopeo sync; GoReleaser's digests.txt
  --push-log FILE        What docker push, helm push, ko or crane printed; - is standard input
  --deposit PLACE        In place of the configuration's: oci (beside each image), oci=REPOSITORY, folder=DIR
  --allow-public-log     Facts of a private repository may go to a public log
  --read-back-timeout S  Seconds to wait for a registry that lags (default 180)
  --output-dir DIR       Where everything is written (default dist/colophon)
  --config FILE          Configuration to use instead of the one found
  --trusted-root FILE    Sigstore trusted root to verify with
  --dry-run              Confirm and show the plan; sign and write nothing
  --json                 Print the receipt as JSON
  --help, --version

Exit: 0 attached and read back, 1 refused, 2 usage, 3 incomplete (run it again).
`;

export interface Options {
  readonly images: readonly string[];
  /** Paths, `-` for standard input. */
  readonly outputs: readonly string[];
  readonly deposit: readonly string[];
  readonly allowPublicLog: boolean;
  readonly readBackTimeoutMs: number;
  readonly outputDir: string;
  readonly config: string | undefined;
  readonly trustedRoot: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Throws ContainerPushError. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const outputs = [...values["metadata-file"], ...values["digest-file"], ...values["push-log"]];
  if (positionals.length === 0 && outputs.length === 0)
    throw usage("no image is named, and nothing that its builder wrote");
  return {
    images: positionals,
    outputs,
    deposit: values.deposit,
    allowPublicLog: values["allow-public-log"],
    readBackTimeoutMs: parseSeconds(values["read-back-timeout"]) * 1000,
    outputDir: values["output-dir"],
    config: values.config,
    trustedRoot: values["trusted-root"],
    dryRun: values["dry-run"],
    json: values.json,
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true, default: [] as string[] } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "metadata-file": texts,
        "digest-file": texts,
        "push-log": texts,
        deposit: texts,
        "allow-public-log": flag,
        "read-back-timeout": { ...text, default: "180" },
        "output-dir": { ...text, default: "dist/colophon" },
        config: text,
        "trusted-root": text,
        "dry-run": flag,
        json: flag,
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split(/\.\s/)[0] : undefined;
    throw usage(message ?? "the command line cannot be read");
  }
}

const MOST_SECONDS = 3600;

function parseSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= MOST_SECONDS) return seconds;
  throw usage(`--read-back-timeout ${JSON.stringify(text)} is no number of seconds up to ${MOST_SECONDS}`);
}
