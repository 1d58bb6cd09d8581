import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { certify, type Certified } from "./certificates.ts";

/** Encrypts the keys of servers that take no other; guards nothing. */
export const KEY_PASSWORD = "loopback";

const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const SERVER = "1.3.6.1.5.5.7.3.1";

/** Files of keys and certificates, each in the one form that its server reads. */
export interface Authorities {
  readonly fulcioRoot: string;
  /** Intermediate first. */
  readonly fulcioChain: string;
  readonly fulcioKey: string;
  /** Signer first. */
  readonly tsaChain: string;
  readonly tsaKey: string;
  readonly rekorKey: string;
  readonly rekorPublicKey: string;
  readonly ctKey: string;
  readonly ctPublicKey: string;
  /** Of the authority for `tlsHost`, for clients of that host. */
  readonly tlsRoot: string;
  readonly tlsCertificate: string;
  readonly tlsKey: string;
}

/** Makes fresh keys and certificates of everything in a Sigstore, and of a TLS server named `tlsHost`. */
export async function writeAuthorities(folder: string, tlsHost: string): Promise<Authorities> {
  const write = async (name: string, ...texts: readonly string[]): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, texts.join(""), { mode: 0o600 });
    return file;
  };
  const root = await certify({ name: "O=test,CN=test root", curve: "P-384", pathLength: 1 });
  const intermediate = await certify({
    name: "O=test,CN=test intermediate",
    curve: "P-384",
    issuer: root,
    pathLength: 0,
    usages: [CODE_SIGNING],
  });
  const tsaRoot = await certify({ name: "O=test,CN=test tsa root", curve: "P-384", pathLength: 0 });
  const tsa = await certify({
    name: "O=test,CN=test tsa",
    curve: "P-256",
    issuer: tsaRoot,
    usages: [TIME_STAMPING],
    usagesCritical: true,
  });
  const tlsRoot = await certify({ name: "O=test,CN=test tls root", curve: "P-256", pathLength: 0 });
  const tls = await certify({
    name: `CN=${tlsHost}`,
    curve: "P-256",
    issuer: tlsRoot,
    usages: [SERVER],
    hosts: [tlsHost],
  });
  const rekor = generateKeyPairSync("ed25519");
  const ct = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    fulcioRoot: await write("fulcio-root.pem", root.pem),
    fulcioChain: await write("fulcio-chain.pem", intermediate.pem, root.pem),
    fulcioKey: await write("fulcio.key", encrypt(intermediate)),
    tsaChain: await write("tsa-chain.pem", tsa.pem, tsaRoot.pem),
    tsaKey: await write("tsa.key", encrypt(tsa)),
    rekorKey: await write("rekor.key", toPem(rekor.privateKey, "pkcs8")),
    rekorPublicKey: await write("rekor.pub", toPem(rekor.publicKey, "spki")),
    ctKey: await write("ct.key", toPem(ct.privateKey, "sec1")),
    ctPublicKey: await write("ct.pub", toPem(ct.publicKey, "spki")),
    tlsRoot: await write("tls-root.pem", tlsRoot.pem),
    tlsCertificate: await write("tls.pem", tls.pem),
    tlsKey: await write("tls.key", toPem(tls.keys.privateKey, "pkcs8")),
  };
}

function toPem(key: KeyObject, type: "pkcs8" | "sec1" | "spki"): string {
  return key.export({ type, format: "pem" } as { type: "pkcs8"; format: "pem" }).toString();
}

function encrypt({ keys }: Certified): string {
  const options = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: KEY_PASSWORD } as const;
  return keys.privateKey.export(options).toString();
}
