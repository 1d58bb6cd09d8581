/** What provenance must show, and what is excused from it. */
export interface WrittenExpectation {
  /** Compared exactly. */
  readonly sourceRepository?: string;
  /** An anchored glob: `*` is any run of characters. */
  readonly sourceRef?: string;
  /** Path in the source repository, `owner/repo/path` or URI, with or without `@ref`. */
  readonly signerWorkflow?: string;
  /** Without `@ref`: at any full semver tag. */
  readonly builderId?: string;
  readonly issuer?: string;
  /** An anchored glob. */
  readonly identity?: string;
  readonly runnerEnvironment?: string;
  /** SLSA Build level, 0 to 4. */
  readonly leastLevel?: number;
  /** RFC 3339 date; what was published before is exempt. */
  readonly startDate?: string;
  /** Earlier names of the repository, each with its last day. */
  readonly formerly?: readonly { readonly sourceRepository: string; readonly until: string }[];
  /** Purls, whose version may be a range; each with its last day. */
  readonly exemptions?: readonly { readonly object: string; readonly reason: string; readonly expires: string }[];
}

export type WrittenBuilder =
  | { readonly issuer: string; readonly identity: string; readonly builderId: string; readonly level: number }
  | { readonly keyId: string; readonly builderId: string; readonly level: number };

export interface WrittenRegistry {
  readonly url: string;
  /** The registry whose packages this mirror or replay serves. */
  readonly serves?: string;
  /** This registry never carries attestations. */
  readonly attestations?: "never";
}

/** How to sign. A key or a signer needs no service; each that is named vouches for the signature besides. */
export interface WrittenSign {
  /** File with a Sigstore signing config; in place of the services below. */
  readonly signingConfig?: string;
  /** File with a private key (PEM). */
  readonly key?: string;
  /** A key that is held elsewhere, such as in a KMS; in configuration code alone. */
  readonly signer?: {
    /** PEM. */
    readonly publicKey: string;
    /** Signs these bytes with the hash of the key's kind; ECDSA signatures in DER. */
    sign(data: Uint8Array): Promise<Uint8Array>;
  };
  readonly fulcio?: string;
  readonly rekor?: string;
  readonly rekorVersion?: 1 | 2;
  readonly timestamp?: string;
}

/** The configuration as a user writes it, in `colophon.config.*` or under `colophon` in package.json. */
export interface WrittenConfig {
  /** Files, or installed npm packages. */
  readonly extends?: string | readonly string[];
  readonly expect?: WrittenExpectation;
  /** Rows for the builder table. */
  readonly builders?: readonly WrittenBuilder[];
  readonly trust?: {
    /** File with a Sigstore trusted root, or with JSON lines of several. */
    readonly trustedRoot?: string;
    /** A TUF repository that has the trusted root, and the file with its own root of trust. */
    readonly tuf?: { readonly mirror: string; readonly root: string };
    /** Keys of publish attestations, in the form of the TUF target `keys.json`. */
    readonly registryKeys?: readonly { readonly registry: string; readonly file: string }[];
  };
  readonly registries?: readonly WrittenRegistry[];
  readonly oci?: {
    /** Repositories that hold attestations of images besides the images' own: `registry/repository`. */
    readonly attestations?: readonly string[];
  };
  readonly sign?: WrittenSign;
  /** Where attestations are put besides the output folder: `folder=DIR`, `oci`, `oci=REPOSITORY`. */
  readonly deposit?: readonly string[];
}

/** Types a configuration; returns it as it is. */
export function defineConfig(config: WrittenConfig): WrittenConfig {
  return config;
}
