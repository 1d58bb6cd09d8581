import { createIdentityProvider, tokenEndpointHost } from "@colophon/build";
import type {
  BuildDescription,
  Depository,
  EnvelopeSigner,
  IdentityToken,
  JsonObject,
  NotDone,
  RequestCounts,
  Verifier,
  Witness,
} from "@colophon/core";
import { openOutputFolder, readGitFacts, type GitFacts, type OutputFolder } from "@colophon/workspace";
import type { Config } from "../config.ts";
import { openTrust, type Trust } from "../trust.ts";
import { describeBuild, type BuildRequest } from "./build.ts";
import { openDepositories } from "./deposits.ts";
import { networkOf } from "./network.ts";
import type { NamedServices } from "./services.ts";
import { readSigning } from "./signing.ts";
import { reuseTokens, tellFailure } from "./tokens.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface EmissionRequest {
  readonly config: Config;
  /** The checkout that was built. */
  readonly cwd: string;
  readonly env: Environment;
  readonly now: () => Date;
  readonly offline: boolean;
  readonly userAgent: string;
  readonly cacheDir: string;
  /** Folder that is written into, absolute, and as it is shown. */
  readonly output: { readonly path: string; readonly shown: string };
  /** What ranks above the configuration; paths are absolute. */
  readonly services?: NamedServices & { readonly key?: string };
  readonly password?: () => Promise<string | undefined>;
  readonly trustedRootFile?: string;
  /** In place of the configuration's. */
  readonly deposit?: readonly string[];
  readonly tokenFile?: string;
  /** An issuer of identity tokens that is accepted besides the platform's own. */
  readonly acceptedIssuer?: string;
}

/** What sealing needs, but for what the subjects are. */
export interface EmissionPorts {
  readonly folder: OutputFolder & { readonly location: string };
  readonly signer: EnvelopeSigner;
  readonly witnesses: readonly Witness[];
  readonly verifier: Verifier;
  readonly depositories: readonly Depository[];
  readonly now: () => Date;
  readonly requests: () => RequestCounts;
}

export interface DescribeRequest extends Pick<BuildRequest, "runSummary" | "acceptRemoteCache"> {
  /** Whether an identity token is asked for, whose claims vouch for what the environment says. */
  readonly withToken: boolean;
}

/** An emission, wired; nothing is asked of a service before it is needed. */
export interface Emission {
  /** Host of a public log that is going to be written to. */
  readonly publicLog?: string;
  readonly depositories: readonly Depository[];
  readonly git: Promise<GitFacts>;
  /** Hosts of the registries of which the trust root holds a key, and whose own provenance can be verified. */
  readonly keyedRegistries: () => Promise<readonly string[]>;
  /** Whether an identity can be had, without asking for one. */
  readonly hasIdentity: boolean;
  /** The build that this process is part of. Rejects with BuildError or WorkspaceError. */
  readonly describe: (request: DescribeRequest) => Promise<BuildDescription>;
  /** Rejects with ConfigError or SigstoreError for a key that cannot be used. */
  readonly checkKey: () => Promise<void>;
  /** A bundle of a keyless signature over the bytes themselves, or why there is none. */
  readonly signMessage: (bytes: Uint8Array) => Promise<JsonObject | NotDone>;
  /** Opens the output folder too. Rejects with WorkspaceError, or as `checkKey` does. */
  readonly open: () => Promise<EmissionPorts>;
  readonly requests: () => RequestCounts;
  readonly close: () => Promise<void>;
}

const AUDIENCE = "sigstore";

/** Rejects with ConfigError or SigstoreError for what is configured wrongly. */
export async function openEmission(request: EmissionRequest): Promise<Emission> {
  const { config, cwd, env, now, offline, userAgent, cacheDir, output, tokenFile, acceptedIssuer } = request;
  const signing = await readSigning({
    ...(config.sign === undefined ? {} : { written: config.sign }),
    flags: request.services ?? {},
    password: request.password ?? (async () => env["COLOPHON_KEY_PASSWORD"]),
    now,
  });
  // What git cannot tell it says without failing.
  const git = readGitFacts(cwd, env);
  const depositories = await openDepositories(request.deposit ?? config.deposit);
  const { createHttp } = await import("@colophon/http");
  const tokenHost = tokenEndpointHost(env);
  const http = createHttp({ userAgent, offline, ...networkOf(signing.services, tokenHost, env) });
  const issuer = acceptedIssuer === undefined ? {} : { acceptedIssuer };
  const identity = reuseTokens(
    createIdentityProvider({ env, now, http, ...(tokenFile === undefined ? {} : { tokenFile }), ...issuer }),
    now,
  );
  const opened = signing.open(http, identity);
  opened.catch(() => undefined);
  // Beside the key's derivation this costs nothing; after it, it is what the read-back would wait for.
  if (!signing.keyless) void (await import("@colophon/sigstore")).loadLibraries();
  const hasIdentity = tokenFile !== undefined || (env["SIGSTORE_ID_TOKEN"] ?? "") !== "" || tokenHost !== null;
  // For a key, the platform's own identity where it has one to give.
  const token = async (): Promise<IdentityToken | undefined> =>
    signing.keyless || hasIdentity ? await identity.token(AUDIENCE) : undefined;
  const root = request.trustedRootFile === undefined ? {} : { trustedRootFile: request.trustedRootFile };
  const trusting = { config, ...root, offline, cacheDir };
  let folder: OutputFolder | undefined;
  let trust: Trust | undefined;
  return {
    ...(signing.publicLog === undefined ? {} : { publicLog: signing.publicLog }),
    depositories,
    git,
    keyedRegistries: () => openTrust({ ...trusting, keys: [] }).keyedRegistries(),
    hasIdentity,
    describe: async ({ withToken, ...said }) => {
      const known = withToken ? await token() : undefined;
      return await describeBuild({
        cwd,
        git: await git,
        env,
        ...(known === undefined ? {} : { token: known }),
        ...issuer,
        ...said,
      });
    },
    checkKey: async () => void (await opened),
    signMessage: async (bytes) => await (await opened).signMessage(bytes),
    open: async () => {
      const { signer, witnesses, keys } = await opened;
      folder ??= await openOutputFolder(output.path, { isUnpacked: true });
      trust ??= openTrust({ ...trusting, keys });
      return {
        folder: { ...folder, location: output.shown },
        signer: tellFailure(signer),
        witnesses,
        verifier: trust.verifier,
        depositories,
        now,
        requests: () => http.counts(),
      };
    },
    requests: () => http.counts(),
    close: async () => {
      await Promise.all([http.close(), trust?.close(), folder?.close()]);
    },
  };
}
