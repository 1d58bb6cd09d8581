import { resolve } from "node:path";
import { emit, prepare, receiptOfFailure } from "@colophon/attest";
import { defaultCacheDir, readConfig, type Config } from "@colophon/config";
import {
  failureOf,
  leaveReceipt,
  metadataOf,
  openEmission,
  readPushed,
  statementFiles,
  withOci,
  type Emission,
  type Images,
} from "@colophon/config/emission";
import { renderJson, renderPlanText, renderReceiptText } from "@colophon/report";
import type { Options } from "./options.ts";
import { readOutputs } from "./outputs.ts";
import { EXIT, type ExitCode, type Surroundings } from "./surroundings.ts";

type Pushed = Awaited<ReturnType<typeof readPushed>>;

/** Confirms, signs, attaches and reads back. Rejects where nothing was signed. */
export async function attestPushed(options: Options, around: Surroundings): Promise<ExitCode> {
  const { cwd, env, version } = around;
  const output = { path: resolve(cwd, options.outputDir), shown: options.outputDir };
  let emission: Emission | undefined;
  try {
    const config = await readConfig(cwd, options.config);
    const pushed = await readPushed(options.images, await readOutputs(options.outputs, around));
    emission = await openEmission({
      config,
      cwd,
      env,
      offline: false,
      userAgent: `colophon/${version}`,
      now: () => new Date(),
      cacheDir: defaultCacheDir(env),
      output,
      ...(options.trustedRoot === undefined ? {} : { trustedRootFile: resolve(cwd, options.trustedRoot) }),
      deposit: depositsOf(options, config, cwd),
      readBackTimeoutMs: options.readBackTimeoutMs,
      images: pushed.pushed.map(({ registry, repository }) => `${registry}/${repository}`),
    });
    return await proceed(options, pushed, emission, around);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined || options.dryRun) throw error;
    const requests = emission?.requests() ?? {};
    const status = failure.status === "unreachable" ? "incomplete" : "refused";
    const about = { now: () => new Date(), requests: () => requests, toolVersion: version };
    // Else the output folder is still held, and an earlier run's receipt stands as if it were this one's.
    await emission?.close();
    emission = undefined;
    const receipt = receiptOfFailure(failure.reason, status, [], about);
    if (options.json) around.stdout(renderJson(receipt));
    await leaveReceipt(receipt, output.path);
    throw error;
  } finally {
    await emission?.close();
  }
}

function depositsOf({ deposit }: Options, config: Config, cwd: string): readonly string[] {
  if (deposit.length > 0)
    return deposit.map((one) => one.replace(/^folder=(.+)$/s, (_, path: string) => `folder=${resolve(cwd, path)}`));
  return withOci(config.deposit);
}

async function proceed(
  options: Options,
  { pushed, warnings }: Pushed,
  emission: Emission,
  around: Surroundings,
): Promise<ExitCode> {
  const { stdout, version } = around;
  const style = { color: around.color };
  const images = emission.images as Images;
  const confirmed = await images.confirm(pushed);
  const build = await emission.describe({ withToken: true, acceptRemoteCache: false });
  const plan = await prepare(
    {
      subjects: confirmed.subjects,
      groupOf: confirmed.groupOf,
      says: { build },
      toolVersion: version,
      warnings: [...warnings, ...confirmed.warnings],
    },
    statementFiles,
    {
      ...(emission.publicLog === undefined ? {} : { publicLog: emission.publicLog }),
      allowPublicLog: options.allowPublicLog,
      depositoriesOf: emission.depositoriesOf,
    },
  );
  await emission.checkKey();
  if (options.dryRun) {
    stdout(options.json ? renderJson(plan) : renderPlanText(plan, style));
    return EXIT.met;
  }
  const ports = await emission.open();
  const receipt = await emit(plan, { ...ports, observe: images.observe }, metadataOf(await emission.git, new Date()));
  stdout(options.json ? renderJson(receipt) : renderReceiptText(receipt, style));
  return { sealed: EXIT.met, refused: EXIT.refused, incomplete: EXIT.incomplete }[receipt.status];
}
