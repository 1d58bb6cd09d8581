import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { folderOf, TOOLS, type Peer } from "../peers.ts";
import { run, runWell } from "../process.ts";

type PythonPeer = Extract<Peer, { kind: "python" }>;

const requirementsOf = ({ requirements }: PythonPeer): string => join(TOOLS, requirements, "requirements.txt");

/** Whether the environment holds every version that the requirements name. */
export async function hasPythonPeer(name: string, peer: PythonPeer): Promise<boolean> {
  const python = join(folderOf(name, peer), "bin/python");
  const { code, stdout } = await run([python, "-m", "pip", "freeze", "--disable-pip-version-check"]);
  if (code !== 0) return false;
  const found = new Set(parsePins(stdout));
  return parsePins(await readFile(requirementsOf(peer), "utf8")).every((pin) => found.has(pin));
}

/** Each `name==version` that begins a line, the name as indexes have it (PEP 503): pip writes it as the package does. */
function parsePins(text: string): string[] {
  const lines = text.matchAll(/^([\w.-]+)==([^\s;\\]+)/gm);
  return Array.from(lines, ([, name = "", version]) => `${name.toLowerCase().replaceAll(/[-_.]+/g, "-")}==${version}`);
}

/**
 * Makes a virtual environment of exactly the requirements: no file but by a hash that stands there, and no code of a
 * package that would have to be built. Throws with what Python said.
 */
export async function installPythonPeer(name: string, peer: PythonPeer): Promise<void> {
  const folder = folderOf(name, peer);
  await rm(folder, { recursive: true, force: true });
  await runWell(["python3", "-m", "venv", folder]);
  const exactly = ["--require-hashes", "--only-binary", ":all:", "--no-deps"];
  const options = [...exactly, "--disable-pip-version-check", "--no-input", "--quiet"];
  await runWell([join(folder, "bin/python"), "-m", "pip", "install", ...options, "-r", requirementsOf(peer)]);
}
