import { readFile } from "node:fs/promises";
import type { WrittenSign } from "../written-config.ts";
import { ConfigError } from "../error.ts";

/** Services to sign with, from the command line or a configuration. */
export interface NamedServices {
  /** File. */
  readonly signingConfig?: string;
  readonly fulcio?: string;
  readonly rekor?: string;
  readonly rekorVersion?: 1 | 2;
  readonly timestamp?: string;
  /** No log at all, not even one that a signing config names. */
  readonly noLog?: boolean;
}

export interface ChosenServices {
  readonly fulcioUrl?: string;
  readonly logs: readonly { readonly url: string; readonly version: 1 | 2 }[];
  readonly timestampUrls: readonly string[];
}

/** The public-good Sigstore instance; its newer logs take turns, and are found in its signing config alone. */
const PUBLIC_GOOD = {
  fulcio: "https://fulcio.sigstore.dev",
  rekor: "https://rekor.sigstore.dev",
  timestamp: "https://timestamp.sigstore.dev/api/v1/timestamp",
} as const;

/** Which services sign: those named, and for a keyless signature those of the public-good instance where none is named. */
export async function chooseSigningServices(
  named: NamedServices,
  keyless: boolean,
  now: Date,
): Promise<ChosenServices> {
  const { signingConfig, noLog = false } = named;
  const found = signingConfig === undefined ? byUrl(named, keyless) : await byConfig(signingConfig, named, now);
  const chosen = noLog ? { ...found, logs: [] } : found;
  if (keyless) checkKeyless(chosen);
  return chosen;
}

function byUrl({ fulcio, rekor, rekorVersion = 1, timestamp }: NamedServices, keyless: boolean): ChosenServices {
  // Beside a certificate authority of one's own, none of the public services is meant.
  const usual = keyless && fulcio === undefined ? PUBLIC_GOOD : undefined;
  const [fulcioUrl, log, stamp] = [fulcio ?? usual?.fulcio, rekor ?? usual?.rekor, timestamp ?? usual?.timestamp];
  return {
    ...(fulcioUrl === undefined ? {} : { fulcioUrl }),
    logs: log === undefined ? [] : [{ url: log, version: rekorVersion }],
    timestampUrls: stamp === undefined ? [] : [stamp],
  };
}

async function byConfig(path: string, { rekorVersion }: NamedServices, now: Date): Promise<ChosenServices> {
  const { chooseServices, parseSigningConfig } = await import("@colophon/sigstore/sign");
  const logVersions = rekorVersion === undefined ? {} : { logVersions: [rekorVersion] };
  return chooseServices(parseSigningConfig(await readText(path), path), { now, ...logVersions });
}

/** A keyless signature is worth nothing once its certificate ran out, unless something proves that it was made before. */
function checkKeyless({ fulcioUrl, logs, timestampUrls }: ChosenServices): void {
  if (fulcioUrl === undefined) {
    throw new ConfigError("SIGNING_SERVICES", "no certificate authority is named, and no key", {
      hint: "Name it with --fulcio-url or a signing config, or sign with --key.",
    });
  }
  if (timestampUrls.length > 0 || logs.some(({ version }) => version === 1)) return;
  const why = logs.length === 0 ? "there is no log" : "entries of Rekor v2 tell no time";
  throw new ConfigError("SIGNING_SERVICES", `nothing would prove the time of the signature: ${why}`, {
    hint: "Name a timestamp authority with --timestamp-url, or a log of version 1 with --rekor-url.",
  });
}

/** Whether facts that are logged there can be read by anybody. */
export function publicLogOf({ logs }: ChosenServices): string | undefined {
  return logs.map(({ url }) => URL.parse(url)?.host ?? "").find((host) => /(?:^|\.)sigstore\.dev$/.test(host));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown failure";
    throw new ConfigError("CONFIG_UNREADABLE", `the signing config ${path} cannot be read: ${why}`, {
      hint: "Check the path given with --signing-config, or under sign.signingConfig.",
      cause,
    });
  }
}

/** What is named on the command line replaces what a configuration names, all of it. */
export function strongest(flags: NamedServices, written: WrittenSign | undefined): NamedServices {
  const isNamed = [flags.signingConfig, flags.fulcio, flags.rekor, flags.timestamp].some((one) => one !== undefined);
  const { signingConfig, fulcio, rekor, rekorVersion, timestamp } = written ?? {};
  if (isNamed) return flags;
  return {
    ...(signingConfig === undefined ? {} : { signingConfig }),
    ...(fulcio === undefined ? {} : { fulcio }),
    ...(rekor === undefined ? {} : { rekor }),
    ...(rekorVersion === undefined ? {} : { rekorVersion }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(flags.rekorVersion === undefined ? {} : { rekorVersion: flags.rekorVersion }),
    ...(flags.noLog === undefined ? {} : { noLog: flags.noLog }),
  };
}
