import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { commandPath, TOOLS, type Peer } from "../peers.ts";
import { run, runWell } from "../process.ts";

type GoPeer = Extract<Peer, { kind: "go" }>;

/** Whether the command is there, built from that version of the package's module. */
export async function hasGoPeer(name: string, peer: GoPeer): Promise<boolean> {
  const { package: path, version } = peer;
  const { code, stdout } = await run(["go", "version", "-m", commandPath(name, peer)]);
  if (code !== 0) return false;
  const modules = stdout.split("\n").map((line) => line.trim().split("\t"));
  return modules.some(
    ([, module, found]) => module !== undefined && `${path}/`.startsWith(`${module}/`) && found === version,
  );
}

/** Compiles a command into its own folder: two of them are both called `posix`. Throws with what Go said. */
export async function installGoPeer(name: string, peer: GoPeer): Promise<void> {
  const folder = dirname(commandPath(name, peer));
  await mkdir(folder, { recursive: true });
  // Another toolchain would be fetched, and would start with an empty cache.
  const env = { ...process.env, GOTOOLCHAIN: "local", GOBIN: folder, GOFLAGS: "" };
  if (peer.module === undefined)
    await runWell(["go", "install", `${peer.package}@${peer.version}`], { cwd: TOOLS, env });
  else await runWell(["go", "build", "-o", `${folder}/`, peer.package], { cwd: join(TOOLS, peer.module), env });
}
