import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { EnvelopeSigner, IdentityProvider, JsonObject, NotDone, Witness } from "@colophon/core";
import type { Http } from "@colophon/http";
import type { ConfiguredKey } from "@colophon/sigstore";
import { ConfigError } from "../error.ts";
import type { WrittenSign } from "../written-config.ts";
import { chooseSigningServices, publicLogOf, strongest, type ChosenServices, type NamedServices } from "./services.ts";

export interface SigningRequest {
  /** What a configuration says; paths in it are absolute. */
  readonly written?: WrittenSign;
  readonly flags: NamedServices & { readonly key?: string };
  /** Of a key in a file; asked for none but that. */
  readonly password: () => Promise<string | undefined>;
  readonly now: () => Date;
}

/** How an emission signs, before anything is asked of anybody. */
export interface Signing {
  readonly keyless: boolean;
  readonly services: ChosenServices;
  /** Host of a log that anybody reads. */
  readonly publicLog?: string;
  /** Rejects with ConfigError or SigstoreError for a key that cannot be used. */
  open(http: Http, identity: IdentityProvider): Promise<OpenedSigning>;
}

export interface OpenedSigning {
  readonly signer: EnvelopeSigner;
  readonly witnesses: readonly Witness[];
  /** Keys to verify with what is read back. */
  readonly keys: readonly ConfiguredKey[];
  /** A bundle of a signature over the bytes themselves, keyless in any case; or why there is none. */
  readonly signMessage: (bytes: Uint8Array) => Promise<JsonObject | NotDone>;
}

/** Throws ConfigError, or SigstoreError for a signing config that cannot be used. */
export async function readSigning({ written, flags, password, now }: SigningRequest): Promise<Signing> {
  const keyless = flags.key === undefined && written?.key === undefined && written?.signer === undefined;
  // To derive what encrypts a key takes longer than all the rest, and goes on beside it. `open` tells of a failure.
  const keySigner = keyless ? undefined : readKeySigner(flags.key, written, password);
  keySigner?.catch(() => undefined);
  const services = await chooseSigningServices(strongest(flags, written), keyless, now());
  const publicLog = publicLogOf(services);
  return {
    keyless,
    services,
    ...(publicLog === undefined ? {} : { publicLog }),
    open: async (http, identity) => {
      const { createKeylessSigner, signMessage } = await import("@colophon/sigstore/sign");
      const witnesses = await openWitnesses(services, http);
      const keylessly = { http, fulcioUrl: services.fulcioUrl ?? "", identity, now };
      const signer = (await keySigner) ?? createKeylessSigner(keylessly);
      const { publicKey } = signer;
      return {
        signer,
        witnesses,
        keys: publicKey === undefined ? [] : [{ publicKey: toPem(publicKey) }],
        signMessage: async (bytes) => await signMessage(bytes, { ...keylessly, services }),
      };
    },
  };
}

async function openWitnesses({ logs, timestampUrls }: ChosenServices, http: Http): Promise<readonly Witness[]> {
  const { createRekorV1Witness, createRekorV2Witness, createTimestampWitness } =
    await import("@colophon/sigstore/sign");
  return [
    ...timestampUrls.map((url) => createTimestampWitness({ http, url })),
    ...logs.map(({ url, version }) =>
      version === 1 ? createRekorV1Witness({ http, url }) : createRekorV2Witness({ http, url }),
    ),
  ];
}

async function readKeySigner(
  flag: string | undefined,
  written: WrittenSign | undefined,
  password: () => Promise<string | undefined>,
): Promise<EnvelopeSigner | undefined> {
  const path = flag ?? written?.key;
  const { createHookSigner, createKeySigner, readSigningKey } = await import("@colophon/sigstore/sign");
  if (path === undefined) return written?.signer && createHookSigner(written.signer);
  return createKeySigner(await readSigningKey(await readKey(path), await password()));
}

async function readKey(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown failure";
    const hint = "Check the path given with --key.";
    const isKey = path.includes("-----BEGIN");
    if (isKey)
      throw new ConfigError("CONFIG_UNREADABLE", "a key is given where the path of its file belongs", { hint });
    throw new ConfigError("CONFIG_UNREADABLE", `the key ${path} cannot be read: ${why}`, {
      hint,
      cause,
    });
  }
}

function toPem(spki: Uint8Array): string {
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  return key.export({ format: "pem", type: "spki" }).toString();
}
