import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOf } from "../peers.ts";
import { runWell } from "../process.ts";
import type { Authorities } from "./authorities.ts";
import type { RekorV1 } from "./rekor-v1.ts";
import type { Addresses } from "./servers.ts";

/** Files that tell clients whom to trust and where to sign. */
export interface TrustFiles {
  readonly trustedRoot: string;
  /** The same on one line, as gh reads it. */
  readonly trustedRootLines: string;
  readonly signingConfig: string;
  /** The same with Rekor v1; absent without one. */
  readonly signingConfigV1?: string;
  /** A signing config without any service. */
  readonly noServices: string;
  /** Trusted root and signing config in one, as sigstore-python reads them. */
  readonly clientTrustConfig: string;
}

const SINCE = "start-time=2020-01-01T00:00:00Z";

/** Has cosign write them. */
export async function writeTrustFiles(
  folder: string,
  files: Authorities,
  addresses: Addresses,
  rekorV1: RekorV1 | undefined,
): Promise<TrustFiles> {
  const { fulcio, ctLog, rekor } = addresses;
  const timestamp = `${addresses.timestamp}/api/v1/timestamp`;
  const file = (name: string): string => join(folder, name);
  const written = {
    trustedRoot: file("trusted-root.json"),
    trustedRootLines: file("trusted-root.jsonl"),
    signingConfig: file("signing-config.json"),
    noServices: file("no-services.json"),
    clientTrustConfig: file("client-trust-config.json"),
  };
  const cosign = async (command: string, out: string, ...args: readonly string[]): Promise<unknown> =>
    await runWell([commandOf("cosign"), command, "create", "--out", out, ...args], { env: { HOME: folder } });
  await cosign(
    "trusted-root",
    written.trustedRoot,
    `--fulcio=url=${fulcio},certificate-chain=${files.fulcioChain},${SINCE}`,
    // With an origin the log's id would be another one than the certificates' timestamps name.
    `--ctfe=url=${ctLog},public-key=${files.ctPublicKey},${SINCE}`,
    `--tsa=url=${timestamp},certificate-chain=${files.tsaChain},${SINCE}`,
    `--rekor=url=${rekor},public-key=${files.rekorPublicKey},${SINCE},origin=${new URL(rekor).hostname}`,
    ...(rekorV1 === undefined ? [] : [`--rekor=url=${rekorV1.address},public-key=${rekorV1.publicKey},${SINCE}`]),
  );
  const service = (url: string, version: number): string => `url=${url},api-version=${version},${SINCE},operator=test`;
  const services = [`--fulcio=${service(fulcio, 1)}`, `--tsa=${service(timestamp, 1)}`, "--tsa-config=ANY"];
  const withLog = (url: string, version: number): string[] => [
    `--rekor=${service(url, version)}`,
    "--rekor-config=ANY",
  ];
  await cosign("signing-config", written.signingConfig, ...services, ...withLog(rekor, 2));
  const signingConfigV1 = file("signing-config-v1.json");
  if (rekorV1 !== undefined)
    await cosign("signing-config", signingConfigV1, ...services, ...withLog(rekorV1.address, 1));
  await cosign("signing-config", written.noServices);
  const [trustedRoot, signingConfig] = await Promise.all(
    [written.trustedRoot, written.signingConfig].map(
      async (path) => JSON.parse(await readFile(path, "utf8")) as unknown,
    ),
  );
  // gh drops a last line that does not end.
  await writeFile(written.trustedRootLines, `${JSON.stringify(trustedRoot)}\n`);
  const mediaType = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";
  await writeFile(written.clientTrustConfig, JSON.stringify({ mediaType, trustedRoot, signingConfig }));
  return { ...written, ...(rekorV1 === undefined ? {} : { signingConfigV1 }) };
}
