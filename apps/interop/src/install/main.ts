import { PEERS, peersFolder, type Peer } from "../peers.ts";
import { hasDebianPeer, installDebianPeer } from "./debian.ts";
import { hasGoPeer, installGoPeer } from "./go.ts";
import { run } from "../process.ts";
import { checkNpmPeer } from "./npm.ts";
import { hasPythonPeer, installPythonPeer } from "./python.ts";

// Installs every peer that is not there at its version, one after the other: a Go compile takes every processor itself.
// With --optional those too that the suite does without.

const say = (line: string): unknown => process.stdout.write(`${line}\n`);

const TOOLCHAINS = {
  go: { command: ["go", "version"], hint: "Install Go 1.26 or newer and put it on the PATH." },
  python: { command: ["python3", "-m", "venv", "--help"], hint: "Install Python 3.11 or newer with its venv module." },
  debian: { command: ["apt-get", "--version"], hint: "Only Debian has it." },
  npm: undefined,
} as const;

/** Why no peer of that kind can be installed. */
async function findMissingToolchain(kind: Peer["kind"]): Promise<string | undefined> {
  const toolchain = TOOLCHAINS[kind];
  if (toolchain === undefined || (await run(toolchain.command)).code === 0) return undefined;
  return `${toolchain.command[0]} is not there or does not run. ${toolchain.hint}`;
}

/** Whether there was anything to do. */
async function install(name: string, peer: Peer): Promise<boolean> {
  switch (peer.kind) {
    case "go":
      if (await hasGoPeer(name, peer)) return false;
      await installGoPeer(name, peer);
      return true;
    case "python":
      if (await hasPythonPeer(name, peer)) return false;
      await installPythonPeer(name, peer);
      return true;
    case "debian":
      if (await hasDebianPeer(name, peer)) return false;
      await installDebianPeer(name, peer);
      return true;
    case "npm":
      checkNpmPeer(peer);
      return false;
  }
}

const failures: string[] = [];
const toolchains = new Map<Peer["kind"], string | undefined>();
const wanted = Object.entries<Peer>(PEERS).filter(
  ([, peer]) => process.argv.includes("--optional") || !("optional" in peer),
);
say(`Peers, in ${peersFolder()}:`);
for (const [name, peer] of wanted) {
  if (!toolchains.has(peer.kind)) toolchains.set(peer.kind, await findMissingToolchain(peer.kind));
  const missing = toolchains.get(peer.kind);
  const label = `${name} ${peer.version}`;
  const start = performance.now();
  try {
    if (missing !== undefined) throw new Error(missing);
    const installed = await install(name, peer);
    say(
      installed ? `  ${label}: installed in ${((performance.now() - start) / 1000).toFixed(1)} s` : `  ${label}: there`,
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // What one release of Debian has is no fault of a machine that runs another.
    if (peer.kind === "debian") say(`  ${label}: skipped: ${why.split("\n").at(-1)}`);
    else {
      say(`  ${label}: failed`);
      failures.push(`${label}: ${why}`);
    }
  }
}
if (failures.length > 0) {
  process.stderr.write(`\nNot installed:\n${failures.join("\n")}\n`);
  process.exitCode = 1;
}
