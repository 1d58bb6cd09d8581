import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { commandPath, environmentOf, folderOf, type Peer } from "../peers.ts";
import { run, runWell } from "../process.ts";

type DebianPeer = Extract<Peer, { kind: "debian" }>;

/** Whether the command is there and tells the upstream part of the package's version. */
export async function hasDebianPeer(name: string, peer: DebianPeer): Promise<boolean> {
  const env = { ...process.env, ...environmentOf(name, peer) };
  const { code, stdout } = await run([commandPath(name, peer), "--version"], { env });
  return code === 0 && stdout.includes(peer.version.replace(/[+-].*$/, ""));
}

/**
 * Unpacks a package that apt has checked, and libraries that it needs. The system stays as it is: apt keeps lists of its own for this, which are
 * current, and nobody has to be root. Throws with what apt said.
 */
export async function installDebianPeer(name: string, peer: DebianPeer): Promise<void> {
  const folder = folderOf(name, peer);
  await mkdir(dirname(folder), { recursive: true });
  const scratch = await mkdtemp(`${folder}-`);
  try {
    const [lists, cache] = [join(scratch, "lists"), join(scratch, "cache")];
    await mkdir(join(lists, "partial"), { recursive: true });
    await mkdir(join(cache, "archives/partial"), { recursive: true });
    const apt = ["apt-get", "-qq", "-o", `Dir::State::Lists=${lists}`, "-o", `Dir::Cache=${cache}`];
    const options = { cwd: scratch, env: { ...process.env, LC_ALL: "C" } };
    await runWell([...apt, "update"], options);
    await runWell([...apt, "download", `${peer.package}=${peer.version}`, ...(peer.libraries ?? [])], options);
    await runWell(["sh", "-c", 'for deb in *.deb; do dpkg-deb --extract "$deb" tree || exit; done'], options);
    await rm(folder, { recursive: true, force: true });
    await rename(join(scratch, "tree"), folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
