import type { OptionDefinitions } from "../options.ts";

export const SUBJECT_OPTIONS = {
  checksums: { type: "string", multiple: true, value: "FILE", help: "Attest every file that a checksum file names" },
  subject: { type: "string", multiple: true, value: "NAME=ALG:HEX", help: "Something of which only a digest is known" },
  statement: { type: "string", value: "FILE", help: "Sign this in-toto statement as it is, instead of all these" },
  predicate: { type: "string", value: "FILE", help: "Say this of the subjects, instead of how they were built" },
  "predicate-type": { type: "string", value: "URI", help: "What --predicate is" },
  "turbo-summary": { type: "string", value: "FILE", help: "Turborepo run summary (--summarize) of the build" },
  "accept-remote-cache": { type: "boolean", help: "Attest what came from a remote cache all the same" },
} as const satisfies OptionDefinitions;

export const SIGNER_OPTIONS = {
  key: { type: "string", value: "FILE", help: "Sign with this private key (PEM), without any service" },
  "key-password-file": { type: "string", value: "FILE", help: "The key's password (COLOPHON_KEY_PASSWORD)" },
  "signing-config": { type: "string", value: "FILE", help: "Sigstore signing config that names the services" },
  "fulcio-url": { type: "string", value: "URL", help: "Certificate authority" },
  "rekor-url": { type: "string", value: "URL", help: "Transparency log" },
  "rekor-version": { type: "string", value: "1|2", help: "Version of the log's API (default 1)" },
  "timestamp-url": { type: "string", value: "URL", help: "Timestamp authority (RFC 3161)" },
  "no-log": { type: "boolean", help: "Sign without a transparency log" },
  "identity-token-file": { type: "string", value: "FILE", help: "Identity token (SIGSTORE_ID_TOKEN, or the CI's own)" },
  "identity-token-issuer": { type: "string", value: "URI", help: "Issuer that is accepted besides the CI's own" },
  "allow-public-log": { type: "boolean", help: "Facts of a private repository may go to a public log" },
} as const satisfies OptionDefinitions;

export const OUTPUT_OPTIONS = {
  "output-dir": { type: "string", value: "DIR", help: "Where everything is written (default dist/colophon)" },
  output: { type: "string", value: "FILE", help: "Write the Sigstore bundle here too" },
  deposit: {
    type: "string",
    multiple: true,
    value: "folder=DIR|oci[=REPO]",
    help: "Put the attestations there too: oci is beside each image",
  },
  "read-back-timeout": { type: "string", value: "SECONDS", help: "How long a registry may lag (default 180)" },
  "dry-run": { type: "boolean", help: "Show the plan; sign and write nothing" },
  prepare: { type: "boolean", help: "Write plan.json; sign nothing yet" },
  seal: { type: "string", value: "plan.json", help: "Sign what was prepared" },
  "release-json": { type: "boolean", help: 'Print {"name","url"} of the attestation, as release tools take it' },
} as const satisfies OptionDefinitions;
