import type { Receipt } from "@colophon/core";
import type { NpmRegistryOptions, Request } from "@colophon/testkit";
import type { ToolResult } from "../src/tools.ts";
import { startAttestingRegistry, type AttestingRegistry } from "./attesting-registry.ts";
import { makeSigningWorld, type SigningWorld } from "./colophon.ts";

export interface World extends SigningWorld {
  readonly there: AttestingRegistry;
  publish(...args: string[]): Promise<{ code: number | null; receipt: Receipt; stderr: string }>;
}

export const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({
    name,
    version: "1.1.0",
    repository: "github:acme/widgets",
    // npm makes provenance of no new package whose access it is not told.
    publishConfig: { access: "public" },
    ...more,
  });
export const ONE = { "package.json": manifest("@acme/widget"), "index.js": "export {};\n" };
export const THREE = {
  "package.json": JSON.stringify({ name: "root", version: "0.0.0", private: true, workspaces: ["packages/*"] }),
  "packages/core/package.json": manifest("@acme/core"),
  "packages/ui/package.json": manifest("@acme/ui", { dependencies: { "@acme/core": "^1.0.0" } }),
  "packages/app/package.json": manifest("@acme/app", { dependencies: { "@acme/ui": "^1.0.0" } }),
};

/** A checkout whose packages go to an attesting registry; `publish` runs `colophon-npm-publish --json`. */
export async function open(
  files: Record<string, string>,
  { npm = "npm-11", ...options }: NpmRegistryOptions & { npm?: "npm-11" | "npm-12" } = {},
): Promise<World> {
  const there = await startAttestingRegistry(options);
  const { registry, sigstore, configuration } = there;
  const world = await makeSigningWorld({ registry, sigstore, npm, files, configuration });
  return {
    ...world,
    there,
    publish: async (...args) => {
      const done = await world.run("colophon-npm-publish", ["--json", ...args], { env: there.env });
      return { code: done.code, stderr: done.stderr, receipt: receiptOf(done) };
    },
  };
}

export function receiptOf({ stdout, stderr }: ToolResult): Receipt {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Receipt;
}

export const told = ({ objects }: Receipt): unknown =>
  objects.map(({ name, proven, published, reason }) => [
    name.replace(/pkg:npm\/%40acme\/|@1.1.0/g, ""),
    proven,
    published?.status,
    published?.provenance,
    reason?.code,
  ]);

/** What `colophon coverage` says of each version. */
export async function covered(
  world: SigningWorld,
  registry: string,
  ...names: string[]
): Promise<Record<string, string>> {
  const args = ["coverage", ...names.map((name) => `npm:${name}`), "--registry", registry, "--json"];
  const { objects } = JSON.parse((await world.run("colophon", args)).stdout) as {
    objects: { id: string; status: string }[];
  };
  return Object.fromEntries(objects.map(({ id, status }) => [id.replace("pkg:npm/%40acme/", ""), status]));
}

export const isPutOf =
  (name: string): ((request: Request) => boolean) =>
  (request) =>
    request.method === "PUT" && decodeURIComponent(request.path) === `/@acme/${name}`;
