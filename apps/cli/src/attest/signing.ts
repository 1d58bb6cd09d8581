import { resolve } from "node:path";
import { readSigning, type NamedServices, type Signing } from "@colophon/config/emission";
import { readNamedFile } from "../artifact.ts";
import type { Invocation } from "../command.ts";
import type { Environment } from "../environment.ts";
import { UsageError } from "../usage-error.ts";

/** What signs, by options, environment and configuration. Throws UsageError, ConfigError or SigstoreError. */
export async function signingOf(invocation: Invocation, { config }: Environment): Promise<Signing> {
  const { options, cwd, env, now } = invocation;
  const key = options.text("key");
  const passwordFile = options.text("key-password-file");
  if (options.has("no-log") && options.text("rekor-url") !== undefined)
    throw new UsageError("--no-log and --rekor-url exclude each other");
  return await readSigning({
    ...(config.sign === undefined ? {} : { written: config.sign }),
    flags: { ...servicesOf(invocation), ...(key === undefined ? {} : { key: resolve(cwd, key) }) },
    password: async () =>
      passwordFile === undefined ? env["COLOPHON_KEY_PASSWORD"] : await readPassword(passwordFile, cwd),
    now,
  });
}

/** Whoever gives the password itself in place of the path does not see it again. */
async function readPassword(path: string, cwd: string): Promise<string> {
  const bytes = await readNamedFile(path, cwd, "the file of --key-password-file");
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
}

function servicesOf({ options, cwd }: Invocation): NamedServices {
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
    ...(config === undefined ? {} : { signingConfig: resolve(cwd, config) }),
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
