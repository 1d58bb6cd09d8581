import type {
  BuildDescription,
  Depository,
  EnvelopeSigner,
  PlannedStatement,
  RequestCounts,
  Verifier,
  Witness,
} from "@colophon/core";
import { openOutputFolder, readGitFacts, type GitFacts, type OutputFolder } from "@colophon/workspace";
import type { Config } from "../config.ts";
import { openTrust, type Trust } from "../trust.ts";
import { describeBuild, type BuildRequest } from "./build.ts";
import { parseDeposit, type DepositSetting } from "./deposits.ts";
import { openImages, type Images } from "./images.ts";
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
  /** Images that the emission is about, as references; none where it is about files alone. */
  readonly images?: readonly string[];
  /** How long registries may take to serve what they were given; by default three minutes. */
  readonly readBackTimeoutMs?: number;
}

/** What sealing needs, but for what the subjects are. */
export interface EmissionPorts {
  readonly folder: OutputFolder & { readonly location: string };
  readonly signer: EnvelopeSigner;
  readonly witnesses: readonly Witness[];
  readonly verifier: Verifier;
  readonly depositoriesOf: DepositoriesOf;
  readonly now: () => Date;
  readonly requests: () => RequestCounts;
}

type DepositoriesOf = (statement: PlannedStatement) => readonly Depository[];

export interface DescribeRequest extends Pick<BuildRequest, "runSummary" | "acceptRemoteCache"> {
  /** Whether an identity token is asked for, whose claims vouch for what the environment says. */
  readonly withToken: boolean;
}

/** An emission, wired; nothing is asked of a service before it is needed. */
export interface Emission {
  /** Host of a public log that is going to be written to. */
  readonly publicLog?: string;
  readonly depositoriesOf: DepositoriesOf;
  /** Set where the emission is about images. */
  readonly images?: Images;
  /** Whether attestations are attached to images. */
  readonly isBesideImages: boolean;
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
  const settings = (request.deposit ?? config.deposit).map(parseDeposit);
  // To load what reads registries takes as long as all of the services, and waits for files meanwhile.
  const opening = openNamedImages(request, settings);
  opening.catch(() => undefined);
  const services = await openServices({ ...request, ...(config.sign === undefined ? {} : { written: config.sign }) });
  // What git cannot tell it says without failing.
  const git = readGitFacts(cwd, env);
  const images = await opening;
  const depositoriesOf = await openDepositories(settings, images);
  const root = request.trustedRootFile === undefined ? {} : { trustedRootFile: request.trustedRootFile };
  const trusting = { config, ...root, offline, cacheDir };
  const requests = (): RequestCounts => ({ ...services.requests(), ...images?.requests() });
  let folder: OutputFolder | undefined;
  let trust: Trust | undefined;
  return {
    ...(services.publicLog === undefined ? {} : { publicLog: services.publicLog }),
    depositoriesOf,
    ...(images === undefined ? {} : { images }),
    isBesideImages: settings.some(({ kind }) => kind === "oci"),
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
        depositoriesOf,
        now,
        requests,
      };
    },
    requests,
    close: async () => {
      await Promise.all([services.close(), trust?.close(), folder?.close(), images?.close()]);
    },
  };
}

/** Nothing of registries is loaded where no image is named. */
async function openNamedImages(
  { images = [], env, offline, userAgent, now, readBackTimeoutMs = 180_000 }: EmissionRequest,
  settings: readonly DepositSetting[],
): Promise<Images | undefined> {
  if (images.length === 0) return undefined;
  const elsewhere = settings.flatMap((one) => (one.kind === "oci" ? (one.repository ?? []) : []));
  return await openImages({ env, offline, userAgent, now, named: [...images, ...elsewhere], readBackTimeoutMs });
}

async function openDepositories(
  settings: readonly DepositSetting[],
  images: Images | undefined,
): Promise<DepositoriesOf> {
  const { createFolderDepository } = await import("@colophon/workspace");
  const folders = settings.flatMap((one) => (one.kind === "folder" ? [createFolderDepository(one.folder)] : []));
  return (statement) => [
    ...folders,
    ...settings.flatMap((one) => (one.kind === "oci" ? (images?.depositoriesOf(statement, one.repository) ?? []) : [])),
  ];
}
