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
  const found = new Set(stdout.split("\n"));
  return (await readFile(requirementsOf(peer), "utf8"))
    .trim()
    .split("\n")
    .every((line) => found.has(line));
}

/** Makes a virtual environment of exactly the requirements. Throws with what Python said. */
export async function installPythonPeer(name: string, peer: PythonPeer): Promise<void> {
  const folder = folderOf(name, peer);
  await rm(folder, { recursive: true, force: true });
  await runWell(["python3", "-m", "venv", folder]);
  const options = ["--no-deps", "--disable-pip-version-check", "--no-input", "--quiet"];
  await runWell([join(folder, "bin/python"), "-m", "pip", "install", ...options, "-r", requirementsOf(peer)]);
}
