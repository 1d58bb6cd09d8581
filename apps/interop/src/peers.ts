import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";

/** A command of a Go module, installed by its package path. */
interface GoPeer {
  readonly kind: "go";
  readonly version: string;
  readonly package: string;
  /** Where the module proxy serves the version but no list of versions: a folder of `tools` that requires it. */
  readonly module?: string;
  /** Installed only where it is asked for, since the suite does without. */
  readonly optional?: true;
}

/** A Python command in an environment of its own, which the `requirements.txt` of that folder of `tools` pins. */
interface PythonPeer {
  readonly kind: "python";
  readonly version: string;
  readonly command: string;
  readonly requirements: string;
}

/** A dependency of this workspace, under an alias. */
interface NpmPeer {
  readonly kind: "npm";
  readonly version: string;
  readonly alias: string;
}

/** A command of a Debian package at the version of its archive, unpacked into a folder and not installed. */
interface DebianPeer {
  readonly kind: "debian";
  readonly version: string;
  readonly package: string;
  /** Its path in the package. */
  readonly command: string;
  /** Packages of libraries that it needs and not every Debian has, at whatever version the archive has. */
  readonly libraries?: readonly string[];
}

export type Peer = GoPeer | PythonPeer | NpmPeer | DebianPeer;

const IMAGE_LIBRARIES = ["libgpgme11", "libassuan0", "libdevmapper1.02.1"];

/** Every peer at the one version that it is tested at, in the order that warms the compiler's cache best. */
export const PEERS = {
  cosign: { kind: "go", version: "v3.1.3", package: "github.com/sigstore/cosign/v3/cmd/cosign" },
  fulcio: { kind: "go", version: "v1.8.8", package: "github.com/sigstore/fulcio" },
  "rekor-tiles": {
    kind: "go",
    version: "v2.3.0",
    package: "github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix",
  },
  "timestamp-authority": {
    kind: "go",
    version: "v2.1.2",
    package: "github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server",
  },
  tesseract: { kind: "go", version: "v0.1.1", package: "github.com/transparency-dev/tesseract/cmd/tesseract/posix" },
  olareg: { kind: "go", version: "v0.2.2", package: "github.com/olareg/olareg/cmd/olareg", module: "olareg" },
  crane: { kind: "go", version: "v0.22.1", package: "github.com/google/go-containerregistry/cmd/crane" },
  oras: { kind: "go", version: "v1.3.6", package: "oras.land/oras/cmd/oras" },
  helm: { kind: "go", version: "v4.3.1", package: "helm.sh/helm/v4/cmd/helm" },
  gh: { kind: "go", version: "v2.83.2", package: "github.com/cli/cli/v2/cmd/gh", module: "gh" },
  "sigstore-python": { kind: "python", version: "4.5.1", command: "sigstore", requirements: "sigstore-python" },
  rekor: { kind: "go", version: "v1.5.4", package: "github.com/sigstore/rekor/cmd/rekor-server", optional: true },
  "trillian-log-server": {
    kind: "go",
    version: "v1.7.3",
    package: "github.com/google/trillian/cmd/trillian_log_server",
    optional: true,
  },
  "trillian-log-signer": {
    kind: "go",
    version: "v1.7.3",
    package: "github.com/google/trillian/cmd/trillian_log_signer",
    optional: true,
  },
  distribution: {
    kind: "go",
    version: "v3.1.2",
    package: "github.com/distribution/distribution/v3/cmd/registry",
    optional: true,
  },
  "docker-registry": {
    kind: "debian",
    version: "2.8.2+ds1-1",
    package: "docker-registry",
    command: "usr/bin/docker-registry",
  },
  buildah: {
    kind: "debian",
    version: "1.28.2+ds1-3+deb12u1+b3",
    package: "buildah",
    command: "usr/bin/buildah",
    libraries: [...IMAGE_LIBRARIES, "libseccomp2"],
  },
  skopeo: {
    kind: "debian",
    version: "1.9.3+ds1-1+b10",
    package: "skopeo",
    command: "usr/bin/skopeo",
    libraries: IMAGE_LIBRARIES,
  },
  "sigstore-js-4": { kind: "npm", version: "4.1.1", alias: "sigstore-4" },
  "sigstore-js-5": { kind: "npm", version: "5.0.1", alias: "sigstore-5" },
  "libnpmpublish-11": { kind: "npm", version: "11.2.1", alias: "libnpmpublish-11" },
  "libnpmpublish-12": { kind: "npm", version: "12.0.1", alias: "libnpmpublish-12" },
} as const satisfies Readonly<Record<string, Peer>>;

export type PeerName = keyof typeof PEERS;
/** A peer that is a command. */
export type CommandName = { [N in PeerName]: (typeof PEERS)[N]["kind"] extends "npm" ? never : N }[PeerName];

/** What the modules and requirements of some peers are pinned by. */
export const TOOLS: string = join(import.meta.dirname, "../tools");

/** The folder that peers are installed into and kept in between runs: `COLOPHON_PEERS`, else one of the user's cache. */
export function peersFolder(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache");
  return env["COLOPHON_PEERS"] || join(cache, "colophon/peers");
}

/** The folder of one version of a peer. */
export function folderOf(name: string, { version }: Peer): string {
  return join(peersFolder(), `${name}-${version}`);
}

/** The file that a peer is run by. */
export function commandOf(name: CommandName): string {
  return commandPath(name, PEERS[name]);
}

/** Whether the suite cannot do without that peer. */
export function isRequired(peer: Peer): boolean {
  return !("optional" in peer) && peer.kind !== "debian";
}

export function commandPath(name: string, peer: Exclude<Peer, NpmPeer>): string {
  const folder = folderOf(name, peer);
  if (peer.kind === "debian") return join(folder, peer.command);
  return peer.kind === "python" ? join(folder, "bin", peer.command) : join(folder, goCommand(peer));
}

/** What its unpacked libraries are found by. The pinned packages are those of amd64, as others are rebuilt apart. */
export function environmentOf(name: string, peer: Peer): Readonly<Record<string, string>> {
  if (peer.kind !== "debian" || peer.libraries === undefined) return {};
  const folders = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];
  return { LD_LIBRARY_PATH: folders.map((folder) => join(folderOf(name, peer), folder)).join(":") };
}

/** As `go install` names it: the last part of the package path that is no major version. */
function goCommand({ package: path }: GoPeer): string {
  return /^v\d+$/.test(basename(path)) ? basename(dirname(path)) : basename(path);
}
