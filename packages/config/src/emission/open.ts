import type { BuildDescription, Depository, EnvelopeSigner, RequestCounts, Verifier, Witness } from "@colophon/core";
import { openOutputFolder, readGitFacts, type GitFacts, type OutputFolder } from "@colophon/workspace";
import type { Config } from "../config.ts";
import { openTrust, type Trust } from "../trust.ts";
import { describeBuild, type BuildRequest } from "./build.ts";
import { openDepositories } from "./deposits.ts";
import { openServices, type ServicesRequest } from "./open-services.ts";

export interface EmissionRequest extends Omit<ServicesRequest, "written"> {
  readonly config: Config;
  /** The checkout that was built. */
  readonly cwd: string;
  readonly cacheDir: string;
  /** Folder that is written into, absolute, and as it is shown. */
  readonly output: { readonly path: string; readonly shown: string };
  readonly trustedRootFile?: string;
  /** In place of the configuration's. */
  readonly deposit?: readonly string[];
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
  /** Opens the output folder too. Rejects with WorkspaceError, or as `checkKey` does. */
  readonly open: () => Promise<EmissionPorts>;
  readonly requests: () => RequestCounts;
  readonly close: () => Promise<void>;
}

/** Rejects with ConfigError or SigstoreError for what is configured wrongly. */
export async function openEmission(request: EmissionRequest): Promise<Emission> {
  const { config, cwd, env, now, offline, cacheDir, output, acceptedIssuer } = request;
  const services = await openServices({ ...request, ...(config.sign === undefined ? {} : { written: config.sign }) });
  // What git cannot tell it says without failing.
  const git = readGitFacts(cwd, env);
  const depositories = await openDepositories(request.deposit ?? config.deposit);
  const root = request.trustedRootFile === undefined ? {} : { trustedRootFile: request.trustedRootFile };
  const trusting = { config, ...root, offline, cacheDir };
  let folder: OutputFolder | undefined;
  let trust: Trust | undefined;
  return {
    ...(services.publicLog === undefined ? {} : { publicLog: services.publicLog }),
    depositories,
    git,
    keyedRegistries: () => openTrust({ ...trusting, keys: [] }).keyedRegistries(),
    hasIdentity: services.hasIdentity,
    describe: async ({ withToken, ...said }) => {
      const token = withToken ? await services.token() : undefined;
      return await describeBuild({
        cwd,
        git: await git,
        env,
        ...(token === undefined ? {} : { token }),
        ...(acceptedIssuer === undefined ? {} : { acceptedIssuer }),
        ...said,
      });
    },
    checkKey: async () => void (await services.opened),
    open: async () => {
      const { signer, witnesses, keys } = await services.opened;
      folder ??= await openOutputFolder(output.path, { isUnpacked: true });
      trust ??= openTrust({ ...trusting, keys });
      return {
        folder: { ...folder, location: output.shown },
        signer,
        witnesses,
        verifier: trust.verifier,
        depositories,
        now,
        requests: services.requests,
      };
    },
    requests: services.requests,
    close: async () => {
      await Promise.all([services.close(), trust?.close(), folder?.close()]);
    },
  };
}
