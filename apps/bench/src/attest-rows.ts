import { generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGitHubJob, startSigstore } from "@colophon/testkit";
import { findCosign, KEY_PASSWORD, timeWell } from "./cosign.ts";
import { medianPair, timeCommand } from "./measure.ts";
import { RELEASE } from "./release.ts";
import { round, type Benchmark, type Row } from "./row.ts";

export const COLOPHON = join(import.meta.dirname, "../../cli/bin/colophon.js");
const RUNS = 11;
const SUBJECTS = 1000;

export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-bench-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const signRoundtrips: Benchmark = {
  name: "sign-roundtrips",
  run: () =>
    inFolder(async (folder): Promise<Row> => {
      const [sigstore, job] = await Promise.all([startSigstore(), startGitHubJob(RELEASE)]);
      try {
        await mkdir(join(folder, "files"));
        for (let index = 0; index < SUBJECTS; index += 1)
          await writeFile(join(folder, "files", `f${index}`), `${index}`);
        const { url } = sigstore;
        const services = ["--fulcio-url", url, "--rekor-url", url, "--timestamp-url", `${url}/api/v1/timestamp`];
        const command = [process.execPath, COLOPHON, "attest", "files/*", ...services];
        // What is signed cannot be verified without the trusted root, which is not what is counted here.
        await timeCommand(command, { ...process.env, HOME: folder, COLOPHON_OFFLINE: "", ...job.env }, folder);
        const value = sigstore.requests.length;
        // One certificate, one timestamp, one log entry.
        const least = 3;
        return {
          name: "sign-roundtrips",
          value,
          unit: "requests",
          baseline: "one certificate, one timestamp and one log entry",
          ratio: round(value / least),
          goal: "value = 3",
          met: value === least,
        };
      } finally {
        await Promise.all([sigstore.close(), job.close()]);
      }
    }),
};

/** The private key as OpenSSL encrypts it (PKCS#8), which is the form that our documentation names. */
export const attestCommand = compared("attest-command", ({ openssl }) => openssl);

/** The same key in the file that cosign itself reads, whose scrypt is most of what either command does. */
export const attestCommandCosignKey = compared("attest-command-cosign-key", ({ cosign }) => cosign);

interface Keys {
  readonly openssl: string;
  readonly cosign: string;
}

function compared(name: string, ourKey: (keys: Keys) => string): Benchmark {
  return {
    name,
    run: () =>
      inFolder(async (folder): Promise<Row> => {
        const what = { name, unit: "s", baseline: "cosign attest-blob", goal: "ratio <= 1" };
        const cosign = findCosign(process.env);
        if (cosign === undefined) {
          const skipped = "cosign is neither among the interop suite's peers nor on the PATH";
          return { ...what, value: null, ratio: null, met: null, skipped };
        }
        return { ...what, ...(await compare(cosign, folder, ourKey)) };
      }),
  };
}

/** One file, one key, no service: to the bundle on disk. */
async function compare(
  cosign: string,
  folder: string,
  ourKey: (keys: Keys) => string,
): Promise<Pick<Row, "value" | "ratio" | "met">> {
  const inFolderOf = (name: string): string => join(folder, name);
  const [file, predicate, services] = ["widget.bin", "predicate.json", "services.json"].map(inFolderOf);
  await writeFile(file!, Buffer.alloc(1024 * 1024, "widget"));
  await writeFile(predicate!, JSON.stringify({ buildDefinition: {}, runDetails: {} }));
  await timeWell([cosign, "signing-config", "create", "--out", services!], folder);
  const keys = await makeKeys(cosign, folder);
  let run = 0;
  // Another folder each time: what is sealed already is not signed again.
  const ours = async (): Promise<number> => {
    run += 1;
    const output = ["--output-dir", inFolderOf(`out-${run}`)];
    const key = ["--key", ourKey(keys)];
    return await timeWell([process.execPath, COLOPHON, "attest", file!, ...key, ...output], folder);
  };
  const type = ["--type", "https://slsa.dev/provenance/v1", "--predicate", predicate!];
  const bundle = ["--signing-config", services!, "--bundle", inFolderOf("theirs.json")];
  const theirs = [cosign, "attest-blob", "-y", "--key", keys.cosign, ...type, ...bundle, file!];
  const { value, baseline } = await medianPair(RUNS, ours, () => timeWell(theirs, folder));
  const ratio = value / baseline;
  return { value: round(value), ratio: round(ratio), met: ratio <= 1 };
}

/** One private key, encrypted with one password, in the forms of both. */
export async function makeKeys(cosign: string, folder: string): Promise<Keys> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const form = { type: "pkcs8", format: "pem" } as const;
  const [plain, openssl] = [join(folder, "plain.pem"), join(folder, "openssl.pem")];
  await writeFile(plain, privateKey.export(form));
  await writeFile(openssl, privateKey.export({ ...form, cipher: "aes-256-cbc", passphrase: KEY_PASSWORD }));
  await timeWell([cosign, "import-key-pair", "-y", "--key", plain, "--output-key-prefix", join(folder, "key")], folder);
  return { openssl, cosign: join(folder, "key.key") };
}
