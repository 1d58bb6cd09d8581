/** What is changed of a bundle of a statement. */
interface Bundle {
  readonly dsseEnvelope: { payload: string; readonly signatures: { sig: string }[] };
  readonly verificationMaterial: {
    timestampVerificationData?: object;
    tlogEntries: { inclusionProof: { hashes: string[]; checkpoint: { envelope: string } } }[];
  };
}

/** Flips a bit in the middle of bytes in base64. */
function flip(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  bytes[bytes.length >> 1]! ^= 1;
  return bytes.toString("base64");
}

const proofOf = (bundle: Bundle): Bundle["verificationMaterial"]["tlogEntries"][number]["inclusionProof"] =>
  bundle.verificationMaterial.tlogEntries[0]!.inclusionProof;

/** What no verifier may take, and which check of colophon names it. */
export const CHANGES: Readonly<Record<string, { change: (bundle: Bundle) => void; check: string }>> = {
  "signature changed": {
    change: ({ dsseEnvelope: { signatures } }) => (signatures[0]!.sig = flip(signatures[0]!.sig)),
    check: "signature",
  },
  "timestamp removed": {
    change: ({ verificationMaterial }) => delete verificationMaterial.timestampVerificationData,
    check: "timestamp",
  },
  "hash of the inclusion proof changed": {
    change: (bundle) => (proofOf(bundle).hashes[0] = flip(proofOf(bundle).hashes[0]!)),
    check: "log",
  },
  "signature of the checkpoint changed": {
    change: (bundle) => {
      const { checkpoint } = proofOf(bundle);
      checkpoint.envelope = checkpoint.envelope.replace(/\S+(?=\n$)/, flip);
    },
    check: "log",
  },
  "log entry removed": {
    change: ({ verificationMaterial }) => (verificationMaterial.tlogEntries = []),
    check: "log",
  },
};

/** A bundle as JSON, changed in one of these ways. */
export function changeBundle(text: string, name: string): string {
  const bundle = JSON.parse(text) as Bundle;
  CHANGES[name]!.change(bundle);
  return JSON.stringify(bundle);
}
