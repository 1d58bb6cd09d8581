import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { prepare, receiptOfFailure, release } from "@colophon/attest";
import { defaultCacheDir, readConfig, type Config } from "@colophon/config";
import {
  failureOf,
  leaveReceipt,
  metadataOf,
  openEmission,
  openNpmPublishing,
  type Emission,
  type NpmPublishing,
} from "@colophon/config/emission";
import type { Plan, Receipt } from "@colophon/core";
import { renderJson, renderPlanText, renderReceiptText } from "@colophon/report";
import { checkPackages, checkProvenance } from "./check.ts";
import { keepOutput, keepTarballs, nameFiles, plannedBefore, subjectsOf } from "./files.ts";
import { chooseProvenance, type Chosen } from "./mode.ts";
import type { Options } from "./options.ts";
import { packAll, readPackages, type PackedPackage } from "./packages.ts";
import type { PublisherArguments } from "./publisher-arguments.ts";
import { readAsked, type Asked } from "./asked.ts";
import { publishConfigsOf, registryOf, withRegistry } from "./registry.ts";
import { EXIT, type ExitCode, type Surroundings } from "./surroundings.ts";
import { describeSource } from "./source.ts";

/** Packs, publishes, reads back and attests. Rejects where nothing was published. */
export async function publish(options: Options, passed: PublisherArguments, around: Surroundings): Promise<ExitCode> {
  const output = { path: resolve(around.cwd, options.outputDir), shown: options.outputDir };
  const scratch = await mkdtemp(join(tmpdir(), "colophon-npm-publish-"));
  let emission: Emission | undefined;
  let npm: NpmPublishing | undefined;
  try {
    const config = await readConfig(around.cwd, options.config);
    // What is packed has to be there, be it only to be looked at.
    const env = { ...around.env, npm_config_dry_run: undefined };
    const common = {
      config,
      cwd: around.cwd,
      env,
      offline: false,
      userAgent: `colophon/${around.version}`,
    };
    emission = await openEmission({
      ...common,
      now: () => new Date(),
      cacheDir: defaultCacheDir(around.env),
      output,
      ...(options.trustedRoot === undefined ? {} : { trustedRootFile: resolve(around.cwd, options.trustedRoot) }),
    });
    const asked = await readAsked(options, passed, around.cwd);
    const registry = registryOf(options, passed, await publishConfigsOf(asked));
    npm = await openNpmPublishing({
      ...common,
      ...(registry === undefined ? {} : { registry }),
      tool: passed.tool,
      args: options.registry === undefined ? passed.args : withRegistry(options.registry, passed.args),
      scripts: passed.ignoreScripts ? "none" : options.command === "postpublish" ? "pack" : "publish",
      patienceMs: options.patienceMs,
      onLine: (line) => around.stderr(`  ${line}\n`),
    });
    return await proceed({ options, passed, around, config, asked, emission, npm, scratch, output });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    const requests = emission?.requests() ?? {};
    const about = { now: () => new Date(), requests: () => requests, toolVersion: around.version };
    // Else the output folder is still held, and an earlier run's receipt stands as if it were this one's.
    await emission?.close();
    emission = undefined;
    if (!options.dryRun) await leaveReceipt(receiptOfFailure(failure.reason, "refused", [], about), output.path);
    if (failure.status === "refused") throw error;
    around.stderr(`colophon-npm-publish: ${failure.reason.message} (${failure.reason.code})\n`);
    return EXIT.incomplete;
  } finally {
    await Promise.all([emission?.close(), npm?.close(), rm(scratch, { recursive: true, force: true })]);
  }
}

interface Means {
  readonly options: Options;
  readonly passed: PublisherArguments;
  readonly around: Surroundings;
  readonly config: Config;
  readonly asked: Asked;
  readonly emission: Emission;
  readonly npm: NpmPublishing;
  readonly scratch: string;
  readonly output: { readonly path: string; readonly shown: string };
}

async function proceed(means: Means): Promise<ExitCode> {
  const { options, around, config, asked, emission, npm, scratch, output } = means;
  const restore = await keepOutput(output.path, join(scratch, "kept"));
  const packed = [...asked.tarballs.map((tarball) => ({ tarball })), ...(await packAll(asked.packages, scratch, npm))];
  await restore();
  const packages = await readPackages(packed);
  const build = await emission.describe({ withToken: true, acceptRemoteCache: false });
  checkPackages(packages, packed, build);
  const registries = [...new Set(packages.map(({ manifest }) => npm.registryOf(manifest.name)))];
  const chosen = await chooseProvenance(options, registries, config, emission, npm);
  if (options.command === "publish") checkProvenance(chosen.provenance, packages, build);
  const plan = await prepare(
    {
      subjects: subjectsOf(packages, output.shown),
      says: { build: describeSource(build, chosen.provenance) },
      groupOf: ({ name }) => name,
      toolVersion: around.version,
      warnings: [...asked.warnings, ...chosen.warnings],
    },
    nameFiles(packages),
    {
      ...(emission.publicLog === undefined ? {} : { publicLog: emission.publicLog }),
      allowPublicLog: options.allowPublicLog,
      depositoriesOf: emission.depositoriesOf,
    },
  );
  await emission.checkKey();
  const style = { color: around.color };
  if (options.dryRun) {
    around.stdout(options.json ? renderJson(plan) : renderPlanText(plan, style));
    return EXIT.met;
  }
  const receipt = await emit(plan, packages, chosen, means);
  around.stdout(options.json ? renderJson(receipt) : renderReceiptText(receipt, style));
  return { sealed: EXIT.met, refused: EXIT.refused, incomplete: EXIT.incomplete }[receipt.status];
}

async function emit(plan: Plan, packages: readonly PackedPackage[], chosen: Chosen, means: Means): Promise<Receipt> {
  const { options, passed, emission, npm, output } = means;
  const ports = await emission.open();
  const begun = await plannedBefore(ports.folder);
  const tarballs = await keepTarballs(packages, output.path);
  const { provenance } = chosen;
  const isPublishedElsewhere = options.command === "postpublish";
  return await release(
    {
      publications: packages.map(({ publication }) => publication),
      plan,
      registryProvenance: provenance,
      // Of a whole workspace only that is released whose version was raised; what an earlier run began is finished.
      isOptional: ({ id }) => passed.packages === "all" && !begun.has(id),
      ...(options.allowDowngrade || isPublishedElsewhere
        ? {}
        : { rankOf: () => npm.rankOf(provenance, emission.hasIdentity) }),
      metadata: metadataOf(await emission.git, new Date()),
    },
    npm.publisher({ tarballs, provenance, bundles: output.path, isPublishedElsewhere }),
    { ...ports, requests: () => ({ ...npm.requests(), ...ports.requests() }) },
  );
}
