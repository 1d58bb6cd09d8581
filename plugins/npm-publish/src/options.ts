import { parseArgs } from "node:util";
import { usage } from "./error.ts";

export const HELP = `Usage: colophon-npm-publish [options] [TARBALL…] [-- [npm|pnpm] [publish] [arguments of publish]]
       colophon-npm-publish postpublish [options] [TARBALL…]

Packs, publishes that tarball, reads back what the registry serves, and signs its provenance.
postpublish does the same for what another publisher has published, but for the publishing.

  --provenance MODE      registry: the registry's client makes its own, and it is read back; bundle: ours goes along with
                         npm publish; none: ours is kept and deposited. auto (default): registry where one takes it
  --summary FILE         postpublish: packages that pnpm (--report-summary) or lerna (--summary-file) published
  --allow-downgrade      May rank below its predecessor (staged > trusted publisher > provenance > none)
  --allow-public-log     Facts of a private repository may go to a public log
  --read-back-timeout S  Seconds to wait for a registry that lags (default 180)
  --output-dir DIR       Where everything is written (default dist/colophon)
  --config FILE          Configuration to use instead of the one found
  --registry URL         npm registry (npm_config_registry)
  --trusted-root FILE    Sigstore trusted root to verify with
  --dry-run              Pack, check and show the plan; publish and sign nothing
  --json                 Print the receipt as JSON
  --help, --version

Exit: 0 published and proven, 1 refused, 2 usage or unfit package (nothing was published), 3 incomplete (run it again).
`;

export const MODES = ["auto", "registry", "bundle", "none"] as const;
export type Mode = (typeof MODES)[number];

/** What is asked of this command, before the arguments of the publisher. */
export interface Options {
  readonly command: "publish" | "postpublish";
  readonly tarballs: readonly string[];
  readonly mode: Mode;
  readonly summary: string | undefined;
  readonly allowDowngrade: boolean;
  readonly allowPublicLog: boolean;
  readonly patienceMs: number;
  readonly outputDir: string;
  readonly config: string | undefined;
  readonly registry: string | undefined;
  readonly trustedRoot: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Throws PublishError. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const [first] = positionals;
  const command = first === "postpublish" ? first : "publish";
  const mode = MODES.find((one) => one === values.provenance);
  if (mode === undefined)
    throw usage(`--provenance ${JSON.stringify(values.provenance)} is none of ${MODES.join(", ")}`);
  if (values.summary !== undefined && command === "publish") throw usage("--summary belongs to postpublish");
  if (mode === "bundle" && command === "postpublish")
    throw usage("--provenance bundle goes along with publishing alone");
  return {
    command,
    tarballs: first === command ? positionals.slice(1) : positionals,
    mode,
    allowDowngrade: values["allow-downgrade"],
    allowPublicLog: values["allow-public-log"],
    patienceMs: parseSeconds(values["read-back-timeout"]) * 1000,
    outputDir: values["output-dir"],
    dryRun: values["dry-run"],
    json: values.json,
    summary: values.summary,
    config: values.config,
    registry: values.registry,
    trustedRoot: values["trusted-root"],
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        provenance: { ...text, default: "auto" },
        summary: text,
        "allow-downgrade": flag,
        "allow-public-log": flag,
        "read-back-timeout": { ...text, default: "180" },
        "output-dir": { ...text, default: "dist/colophon" },
        config: text,
        registry: text,
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
