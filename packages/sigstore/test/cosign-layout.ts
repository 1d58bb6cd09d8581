import { readReal } from "./real-data.ts";

const FOLDER = "slsa-verifier/gha_generic_container";

interface Manifest {
  readonly manifests?: readonly { readonly digest: string; readonly annotations?: Readonly<Record<string, string>> }[];
  readonly layers?: readonly { readonly digest: string; readonly annotations: Readonly<Record<string, string>> }[];
}

/** The attestation that cosign attached to a real image, put into the form of a v0.1 bundle. */
export function readCosignBundle(version: string): object {
  const layout = `${FOLDER}/${version}/container_workflow_dispatch`;
  const blob = (digest: string): Buffer => readReal(`${layout}/blobs/sha256/${digest.slice("sha256:".length)}`);
  const index = JSON.parse(readReal(`${layout}/index.json`).toString()) as Manifest;
  const attached = index.manifests?.find(({ annotations }) => annotations?.["kind"]?.endsWith("/atts"));
  const manifest = JSON.parse(blob(attached?.digest ?? "").toString()) as Manifest;
  const [layer] = manifest.layers ?? [];
  if (layer === undefined) throw new Error(`${layout} holds no attestation`);
  return toBundle(JSON.parse(blob(layer.digest).toString()) as object, layer.annotations);
}

interface Promised {
  readonly SignedEntryTimestamp: string;
  readonly Payload: {
    readonly body: string;
    readonly integratedTime: number;
    readonly logIndex: number;
    readonly logID: string;
  };
}

function toBundle(dsseEnvelope: object, annotations: Readonly<Record<string, string>>): object {
  const { SignedEntryTimestamp, Payload } = JSON.parse(annotations["dev.sigstore.cosign/bundle"] ?? "") as Promised;
  const body = JSON.parse(Buffer.from(Payload.body, "base64").toString()) as { kind: string; apiVersion: string };
  const certificate = (annotations["dev.sigstore.cosign/certificate"] ?? "").replaceAll(/-----[A-Z ]+-----|\s/g, "");
  return {
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: certificate }] },
      tlogEntries: [
        {
          logIndex: String(Payload.logIndex),
          logId: { keyId: Buffer.from(Payload.logID, "hex").toString("base64") },
          kindVersion: { kind: body.kind, version: body.apiVersion },
          integratedTime: String(Payload.integratedTime),
          inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
          canonicalizedBody: Payload.body,
        },
      ],
    },
    dsseEnvelope,
  };
}
