import { createFaults, type RequestMatcher, type Script } from "../faults.ts";
import { serveLoopback, type Reply, type Request } from "../loopback-server.ts";
import { attest, attestWithKey, signBlob } from "./attest.ts";
import { createCertificateAuthority, createTimestampAuthority } from "./authority.ts";
import type { SigstoreBundle } from "./bundle.ts";
import { createRekorV1Log, createRekorV2Log } from "./log.ts";
import { buildRegistryKeys, createRegistryKey, type RegistryKey, type RegistryKeysDocument } from "./registry-key.ts";
import { createSigstoreHandler } from "./server.ts";
import { buildTrustedRoot, type TrustedRootDocument } from "./trusted-root.ts";

type RequestOf<F> = F extends (services: never, request: infer R) => unknown ? R : never;
/** What to sign, as whom, and in which form. */
export type AttestRequest = RequestOf<typeof attest>;
/** What to sign with which key, and in which form. */
export type AttestWithKeyRequest = RequestOf<typeof attestWithKey>;
/** Which bytes to sign as whom. */
export type SignBlobRequest = RequestOf<typeof signBlob>;

/** A Sigstore of one's own: CA, CT log, two transparency logs, timestamp authority, and a key of an npm registry. */
export interface EmbeddedSigstore {
  /** Base URL of Fulcio, Rekor v1 and v2, and the timestamp authority, without a slash at its end. */
  readonly url: string;
  readonly trustedRoot: TrustedRootDocument;
  readonly registryKey: RegistryKey;
  /** The registry key as the TUF target `keys.json` of an npm registry lists it. */
  readonly registryKeys: RegistryKeysDocument;
  /** Makes a finished bundle in process, without the network. */
  attest(request: AttestRequest): Promise<SigstoreBundle>;
  attestWithKey(request: AttestWithKeyRequest): Promise<SigstoreBundle>;
  signBlob(request: SignBlobRequest): Promise<SigstoreBundle>;
  /** What was asked over HTTP, the oldest first. */
  readonly requests: Request[];
  /** Scripts answers for some requests. */
  readonly respond: (matcher: RequestMatcher, script: Script) => void;
  close(): Promise<void>;
}

/**
 * Starts an embedded Sigstore; `clock` fixes the time of everything that it issues. Without `logs` it is like GitHub's own
 * instance: no certificate log, and a trusted root with authorities alone.
 */
export async function startSigstore(
  options: { readonly clock?: Date; readonly logs?: false } = {},
): Promise<EmbeddedSigstore> {
  const { clock, logs = true } = options;
  let handle: (request: Request) => Promise<Reply> = () => Promise.resolve({ status: 503 });
  const requests: Request[] = [];
  const faults = createFaults();
  const server = await serveLoopback((request) => {
    requests.push(request);
    return faults.apply(request, () => handle(request));
  });
  const { url } = server;
  const log = { host: new URL(url).hostname, now: () => clock ?? new Date() };
  const services = {
    ca: await createCertificateAuthority(clock, logs),
    tsa: await createTimestampAuthority(clock),
    rekorV1: createRekorV1Log(log),
    rekorV2: createRekorV2Log(log),
  };
  handle = createSigstoreHandler(services);
  const registryKey = createRegistryKey();
  return {
    url,
    trustedRoot: { ...buildTrustedRoot(url, services), ...(logs ? {} : { tlogs: [] }) },
    registryKey,
    registryKeys: buildRegistryKeys(registryKey),
    attest: (request) => attest(services, request),
    attestWithKey: (request) => attestWithKey(services, request),
    signBlob: (request) => signBlob(services, request),
    requests,
    respond: faults.respond,
    close: () => server.close(),
  };
}
