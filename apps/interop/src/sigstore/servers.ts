import { join } from "node:path";
import { commandOf } from "../peers.ts";
import { KEY_PASSWORD, type Authorities } from "./authorities.ts";

/** A server process, and what tells that it is ready. */
export interface Server {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A URL that is answered well, or a command that succeeds. */
  readonly health: string | readonly string[];
}

export const PORT_COUNT = 9;

/** Where the servers of a Sigstore answer, without a slash at the end. */
export interface Addresses {
  readonly issuer: string;
  readonly ctLog: string;
  readonly timestamp: string;
  readonly rekor: string;
  readonly fulcio: string;
}

export interface Plan {
  readonly addresses: Addresses;
  /** Each stage is ready before the next one starts. */
  readonly stages: readonly (readonly Server[])[];
}

export const HOST = "127.0.0.1";

/** The servers of a Sigstore, which write below `folder`; `ports` are PORT_COUNT free ones. */
export function planServers(folder: string, files: Authorities, fulcioConfig: string, ports: readonly number[]): Plan {
  const [issuer, ct, tsa, rekor, rekorGrpc, rekorMetrics, fulcio, fulcioGrpc, fulcioMetrics] = ports.map(String);
  const at = (port = ""): string => `http://${HOST}:${port}`;
  const addresses = { issuer: at(issuer), ctLog: at(ct), timestamp: at(tsa), rekor: at(rekor), fulcio: at(fulcio) };
  const ctLog: Server = {
    name: "tesseract",
    command: [
      commandOf("tesseract"),
      ...toFlags({
        private_key: files.ctKey,
        origin: "ct.local",
        storage_dir: join(folder, "ct-log"),
        roots_pem_file: files.fulcioRoot,
        ext_key_usages: "CodeSigning",
        http_endpoint: `${HOST}:${ct}`,
        checkpoint_interval: "1s",
      }),
    ],
    health: `${addresses.ctLog}/ct/v1/get-roots`,
  };
  const timestampAuthority: Server = {
    name: "timestamp-authority",
    command: [
      commandOf("timestamp-authority"),
      "serve",
      ...toFlags({
        host: HOST,
        port: tsa,
        "timestamp-signer": "file",
        "file-signer-key-path": files.tsaKey,
        "file-signer-passwd": KEY_PASSWORD,
        "certificate-chain-path": files.tsaChain,
        "disable-ntp-monitoring": "true",
      }),
    ],
    health: `${addresses.timestamp}/api/v1/timestamp/certchain`,
  };
  const rekorLog: Server = {
    name: "rekor-tiles",
    command: [
      commandOf("rekor-tiles"),
      "serve",
      ...toFlags({
        "http-address": HOST,
        "http-port": rekor,
        "grpc-address": HOST,
        "grpc-port": rekorGrpc,
        "http-metrics-port": rekorMetrics,
        // The checkpoint's origin: clients look it up as the host of the base URL, without its port.
        hostname: HOST,
        "storage-dir": join(folder, "rekor-log"),
        "signer-filepath": files.rekorKey,
        "checkpoint-interval": "1s",
        "batch-max-age": "100ms",
      }),
    ],
    health: `${addresses.rekor}/healthz`,
  };
  const authority: Server = {
    name: "fulcio",
    command: [
      commandOf("fulcio"),
      "serve",
      ...toFlags({
        ca: "fileca",
        "fileca-cert": files.fulcioChain,
        "fileca-key": files.fulcioKey,
        "fileca-key-passwd": KEY_PASSWORD,
        "fileca-watch": "false",
        "ct-log-url": addresses.ctLog,
        "ct-log-public-key-path": files.ctPublicKey,
        "config-path": fulcioConfig,
        host: HOST,
        port: fulcio,
        "grpc-host": HOST,
        "grpc-port": fulcioGrpc,
        "metrics-port": fulcioMetrics,
      }),
    ],
    env: { SSL_CERT_FILE: files.tlsRoot },
    health: `${addresses.fulcio}/api/v2/trustBundle`,
  };
  // At its start Fulcio asks the issuer and the CT log, and gives up where they are not there.
  return { addresses, stages: [[ctLog, timestampAuthority, rekorLog], [authority]] };
}

export function toFlags(options: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(options).map(([name, value]) => `--${name}=${value}`);
}
