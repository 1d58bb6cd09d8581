// The part that is used of npm's own libraries, which come without types.

declare module "@npmcli/config" {
  type Where = "default" | "builtin" | "global" | "user" | "project" | "env" | "cli";

  interface ConfigOptions {
    readonly definitions: object;
    readonly shorthands: object;
    readonly flatten: (data: object, flat?: object) => object;
    readonly nerfDarts: readonly string[];
    readonly npmPath: string;
    /** Written to by `load`. */
    readonly env: Record<string, string | undefined>;
    readonly argv: readonly string[];
    readonly cwd: string;
    readonly warn: boolean;
  }

  export default class Config {
    constructor(options: ConfigOptions);
    readonly data: ReadonlyMap<Where, { readonly source: string | null; readonly loadError?: NodeJS.ErrnoException }>;
    readonly flat: Readonly<Record<string, unknown>>;
    load(): Promise<void>;
    /** Drops values of the wrong type; throws ERR_INVALID_AUTH for credentials that belong to no registry. */
    validate(): boolean;
    get(key: string, where?: Where): unknown;
    find(key: string): Where | null;
  }
}

declare module "@npmcli/config/lib/definitions/index.js" {
  /** A CommonJS module whose names only its default import tells. */
  const npm: {
    readonly definitions: object;
    readonly shorthands: object;
    readonly nerfDarts: readonly string[];
    readonly flatten: (data: object, flat?: object) => object;
  };
  export default npm;
}

declare module "npm-registry-fetch/lib/auth.js" {
  interface Auth {
    /** `//host/path/` or `//host/path` that the credentials are configured for, or false. */
    readonly regKey: string | false;
    readonly token: string | null;
    /** Base64 of `user:password`. */
    readonly auth: string | null;
    readonly cert: string | null;
    readonly key: string | null;
  }
  export default function getAuth(uri: string, options: Readonly<Record<string, unknown>>): Auth;
}
