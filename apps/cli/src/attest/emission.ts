import { resolve } from "node:path";
import type { EmissionRequest, NamedServices } from "@colophon/config/emission";
import { readNamedFile } from "../artifact.ts";
import type { Invocation } from "../command.ts";
import type { Environment } from "../environment.ts";
import { UsageError } from "../usage-error.ts";

const MOST_SECONDS = 3600;

/** What an emission is made with, by options, environment and configuration. Throws UsageError. */
export function emissionOf(
  invocation: Invocation,
  { config, offline, cacheDir }: Environment,
  output: EmissionRequest["output"],
): EmissionRequest {
  const { options, cwd, env, now, version } = invocation;
  const passwordFile = options.text("key-password-file");
  const acceptedIssuer = options.text("identity-token-issuer");
  const deposit = options.texts("deposit");
  if (options.has("no-log") && options.text("rekor-url") !== undefined)
    throw new UsageError("--no-log and --rekor-url exclude each other");
  return {
    config,
    cwd,
    env,
    now,
    offline,
    userAgent: `colophon/${version}`,
    cacheDir,
    output,
    services: { ...servicesOf(invocation), ...pathOf(invocation, "key", "key") },
    password: async () =>
      passwordFile === undefined ? env["COLOPHON_KEY_PASSWORD"] : await readPassword(passwordFile, cwd),
    ...pathOf(invocation, "trusted-root", "trustedRootFile"),
    ...pathOf(invocation, "identity-token-file", "tokenFile"),
    ...(acceptedIssuer === undefined ? {} : { acceptedIssuer }),
    ...timeoutOf(options.text("read-back-timeout")),
    ...(deposit.length === 0 ? {} : { deposit: deposit.map((one) => absolute(one, cwd)) }),
  };
}

function pathOf<Key extends string>(
  { options, cwd }: Invocation,
  name: string,
  key: Key,
): { readonly [K in Key]?: string } {
  const path = options.text(name);
  return (path === undefined ? {} : { [key]: resolve(cwd, path) }) as { readonly [K in Key]?: string };
}

function absolute(deposit: string, cwd: string): string {
  return deposit.replace(/^folder=(.+)$/s, (_, path: string) => `folder=${resolve(cwd, path)}`);
}

function timeoutOf(text: string | undefined): Pick<EmissionRequest, "readBackTimeoutMs"> {
  if (text === undefined) return {};
  if (/^\d{1,4}$/.test(text) && Number(text) <= MOST_SECONDS) return { readBackTimeoutMs: Number(text) * 1000 };
  throw new UsageError(`--read-back-timeout ${JSON.stringify(text)} is no number of seconds up to ${MOST_SECONDS}`);
}

/** Whoever gives the password itself in place of the path does not see it again. */
async function readPassword(path: string, cwd: string): Promise<string> {
  const bytes = await readNamedFile(path, cwd, "the file of --key-password-file");
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
}

function servicesOf(invocation: Invocation): NamedServices {
  const { options } = invocation;
  const text = (name: string, key: string): object => {
    const value = options.text(name);
    return value === undefined ? {} : { [key]: value };
  };
  const config = options.text("signing-config");
  if (
    config !== undefined &&
    ["fulcio-url", "rekor-url", "timestamp-url"].some((one) => options.text(one) !== undefined)
  )
    throw new UsageError("--signing-config and the addresses of single services exclude each other");
  return {
    ...pathOf(invocation, "signing-config", "signingConfig"),
    ...text("fulcio-url", "fulcio"),
    ...text("rekor-url", "rekor"),
    ...text("timestamp-url", "timestamp"),
    ...rekorVersionOf(options.text("rekor-version")),
    ...(options.has("no-log") ? { noLog: true } : {}),
  };
}

function rekorVersionOf(text: string | undefined): Pick<NamedServices, "rekorVersion"> {
  if (text === undefined) return {};
  if (text !== "1" && text !== "2") throw new UsageError(`--rekor-version ${JSON.stringify(text)} is neither 1 nor 2`);
  return { rekorVersion: text === "1" ? 1 : 2 };
}
