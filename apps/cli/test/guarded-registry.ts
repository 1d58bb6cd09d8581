import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CoverageResult, Receipt, VerifyResult } from "@colophon/core";
import {
  buildSlsaV1,
  startOciRegistry,
  type EmbeddedOciRegistry,
  type ImageDigests,
  type OciRegistryOptions,
  type Reply,
} from "@colophon/testkit";
import { expect, onTestFinished } from "vitest";
import { readAll, shownIn } from "./canary.ts";
import { colophon, type Finished } from "./colophon.ts";
import { RUN, type ReleaseJob } from "./emission.ts";
import { BUNDLE, SOURCE } from "./registry-world.ts";

const LOGIN = "canary-of-a-login";
export const AUTH = { kind: "basic", username: "robot", password: LOGIN } as const;
export const WIDGET = "acme/widget";
export const PLATFORMS = ["linux/amd64", "linux/arm64"];

/** A registry with an image, and the commands that ask it with the login of Docker's configuration. */
export interface World {
  readonly registry: EmbeddedOciRegistry;
  readonly image: ImageDigests;
  /** `oci://host/acme/widget` */
  readonly name: string;
  /** Attaches to the image what proves it, and gives the path of its blob. */
  readonly prove: () => Promise<string>;
  /** What proves the image. */
  readonly bundle: () => Promise<string>;
  /** Exit, status, codes of failure, gaps and warnings; each command with a receipt of its own. */
  readonly run: (command: "verify" | "coverage" | "attest", name: string) => Promise<string>;
}

let rows = 0;

/** Starts a registry that wants the login, gone when the test is over. */
export async function startGuarded(options: OciRegistryOptions = {}): Promise<EmbeddedOciRegistry> {
  const registry = await startOciRegistry({ auth: AUTH, ...options });
  onTestFinished(() => registry.close());
  return registry;
}

/** `host`: the name under which it is asked, where that is not its own. */
export async function openWorld(
  release: ReleaseJob,
  registry: EmbeddedOciRegistry,
  { host = registry.host, env = {} }: { host?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<World> {
  const { folder, sigstore } = release;
  const row = `row-${(rows += 1)}`;
  const docker = join(folder, `docker-${row}`);
  await mkdir(docker);
  const auths = { [host]: { auth: Buffer.from(`robot:${LOGIN}`).toString("base64") } };
  await writeFile(join(docker, "config.json"), JSON.stringify({ auths }));
  const around = { DOCKER_CONFIG: docker, ...env };
  const image = registry.addImage(WIDGET, ["1.4.0", "latest"], { platforms: PLATFORMS });
  const bundle = async (): Promise<string> => {
    const statement = buildSlsaV1({
      subject: [{ name: "widget", digest: { sha256: image.digest.slice("sha256:".length) } }],
      buildType: "https://actions.github.io/buildtypes/workflow/v1",
      builderId: `https://github.com/acme/widget/${RUN.workflow}@${RUN.ref}`,
      run: RUN,
    });
    return JSON.stringify(await sigstore.attest({ statement, identity: RUN }));
  };
  return {
    registry,
    image,
    name: `oci://${host}/${WIDGET}`,
    bundle,
    prove: async () => attach(registry, image, await bundle()),
    async run(command, name) {
      const signed = sigstore.requests.length;
      const finished =
        command === "attest"
          ? await release.attestWith(
              around,
              name,
              "--deposit",
              "oci",
              "--read-back-timeout",
              "0",
              "--output-dir",
              row,
              "--json",
            )
          : await colophon([command, name, ...SOURCE, "--json", "--verbose"], { cwd: folder, env: around });
      const written = Object.values(await readAll(join(folder, row))).join("\n");
      expect(shownIn(finished.stdout + finished.stderr + written, { login: LOGIN })).toEqual([]);
      const outcome = told(finished);
      if (/^[12] refused [A-Z_]+$/.test(outcome)) expect(sigstore.requests).toHaveLength(signed);
      return outcome;
    },
  };
}

/** Attaches a bundle, and gives the path of its blob. */
export function attach(registry: EmbeddedOciRegistry, { digest }: ImageDigests, content: string): string {
  const artifactType = BUNDLE;
  registry.addReferrer(WIDGET, digest, { artifactType, content });
  return `/v2/${WIDGET}/blobs/sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function told({ code, stdout, stderr }: Finished): string {
  if (stdout === "") throw new Error(stderr);
  const result = JSON.parse(stdout) as VerifyResult | CoverageResult | Receipt;
  const codes = result.warnings.map((warning) => warning.code);
  if ("object" in result) return [code, result.status, result.failure?.code, ...codes].filter(isTold).join(" ");
  if ("gaps" in result) {
    const objects = result.objects.flatMap(({ status, reason }) => [status, reason?.code]);
    return [code, ...result.gaps.flatMap(({ reason }) => ["gap", reason.code]), ...objects, ...codes]
      .filter(isTold)
      .join(" ");
  }
  const reasons = result.statements.map(({ reason }) => reason?.code);
  return [code, result.status, result.reason?.code, ...reasons].filter(isTold).join(" ");
}

const isTold = (part: unknown): boolean => part !== undefined;

/** What ends before as much as it says is there. */
export function cutOff({ headers, body, ...usual }: Reply): Reply {
  const bytes = body as Uint8Array;
  async function* half(): AsyncGenerator<Uint8Array> {
    yield bytes.slice(0, 100);
    throw new Error("cut off");
  }
  return { ...usual, headers: { ...headers, "content-length": String(bytes.byteLength) }, body: half() };
}
