import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { PEERS } from "../src/peers.ts";
import { run, type Finished } from "../src/process.ts";

const INSTALL = join(import.meta.dirname, "../src/install/main.ts");

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-install-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function install(folder: string, path: string): Promise<Finished> {
  const env = { PATH: path, COLOPHON_PEERS: join(folder, "peers") };
  return await run([process.execPath, "--conditions=@colophon/source", INSTALL], { env });
}

/** A stand-in for a toolchain. */
async function writeScript(file: string, text: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${text}\n`);
  await chmod(file, 0o755);
}

test("without Go and Python every peer that needs one is named, with what to do", async () => {
  const folder = await emptyFolder();
  const { code, stdout, stderr } = await install(folder, folder);
  expect(code).toBe(1);
  for (const [name, { kind, version, ...peer }] of Object.entries(PEERS)) {
    if ("optional" in peer) expect(stdout).not.toContain(`  ${name} ${version}`);
    else if (kind === "npm") expect(stdout).toContain(`  ${name} ${version}: there`);
    else if (kind === "debian")
      expect(stdout).toContain(
        `  ${name} ${version}: skipped: apt-get is not there or does not run. Only Debian has it.`,
      );
    else
      expect(stderr).toContain(`${name} ${version}: ${kind === "go" ? "go" : "python3"} is not there or does not run`);
  }
});

test("what is there at its version stays; another version is built again, and what fails is told", async () => {
  const folder = await emptyFolder();
  const place = async (path: string, line: string): Promise<void> => {
    await mkdir(dirname(join(folder, "peers", path)), { recursive: true });
    await writeFile(join(folder, "peers", path), `${path}: go1.26.8\n\t${line}\th1:x=\n`);
  };
  await place("cosign-v3.1.3/cosign", "mod\tgithub.com/sigstore/cosign/v3\tv3.1.3");
  await place("gh-v2.83.2/gh", "dep\tgithub.com/cli/cli/v2\tv2.83.2");
  await place("fulcio-v1.8.8/fulcio", "mod\tgithub.com/sigstore/fulcio\tv1.8.7");
  const goes = 'if [ "$2" = -m ]; then exec cat "$3"; fi';
  await writeScript(
    join(folder, "go"),
    `case "$1" in\nversion) ${goes};;\ninstall) echo "$GOTOOLCHAIN $GOBIN: no space left"; exit 1;;\nesac`,
  );
  await writeScript(join(folder, "python3"), "exit 1");
  await writeScript(join(folder, "apt-get"), "exit 1");
  const { code, stdout, stderr } = await install(folder, `${folder}:/usr/bin:/bin`);
  expect(code).toBe(1);
  expect(stdout).toContain("cosign v3.1.3: there\n  fulcio v1.8.8: failed\n");
  expect(stdout).toContain("gh v2.83.2: there\n");
  expect(stderr).toContain(`local ${join(folder, "peers/fulcio-v1.8.8")}: no space left`);
  expect(stderr).not.toContain("cosign");
});

test("Python packages are installed by their hashes, and known again however pip spells their names", async () => {
  const folder = await emptyFolder();
  await writeScript(join(folder, "go"), "exit 1");
  await writeScript(join(folder, "apt-get"), "exit 1");
  const python = `case "$3" in\ninstall) echo "$@" > ${folder}/asked;;\nfreeze) cat ${folder}/frozen;;\nesac`;
  await writeScript(join(folder, "python"), python);
  const venv = `mkdir -p "$3/bin" && cp ${folder}/python "$3/bin/python"`;
  await writeScript(join(folder, "python3"), `[ "$3" = --help ] || { ${venv}; }`);
  const again = async (): Promise<string> => (await install(folder, `${folder}:/usr/bin:/bin`)).stdout;
  expect(await again()).toContain("sigstore-python 4.5.1: installed");
  const asked = (await readFile(join(folder, "asked"), "utf8")).trim();
  expect(asked).toContain(" --require-hashes --only-binary :all: --no-deps ");
  const requirements = await readFile(asked.split(" ").at(-1) ?? "", "utf8");
  const pins = requirements.split("\n").filter((line) => /^\w/.test(line));
  expect(pins.length).toBeGreaterThan(20);
  expect(requirements.match(/== *\S+ \\\n +--hash=sha256:[0-9a-f]{64}/g)).toHaveLength(pins.length);
  const frozen = pins.map((line) => line.replace(" \\", "").replace("-", "_").replace("pygments", "Pygments"));
  await writeFile(join(folder, "frozen"), frozen.join("\n"));
  expect(await again()).toContain("sigstore-python 4.5.1: there");
  await writeFile(join(folder, "frozen"), frozen.slice(1).join("\n"));
  expect(await again()).toContain("sigstore-python 4.5.1: installed");
});

test("Debian packages are unpacked by apt's word, which keeps lists of its own; what it has not is skipped", async () => {
  const folder = await emptyFolder();
  for (const toolchain of ["go", "python3"]) await writeScript(join(folder, toolchain), "exit 1");
  const apt = `[ "$*" = --version ] && exit
[ "$3 $5" = "Dir::State::Lists=$PWD/lists Dir::Cache=$PWD/cache" ] && [ -d lists/partial ] || exit 1
case "$6 $7" in
"update ") : > updated;;
"download docker-registry=2.8.2+ds1-1")
  [ -f updated ] && [ -f ${folder}/version ] || { echo "E: Version was not found"; exit 100; }
  : > docker-registry_1_all.deb;;
esac`;
  await writeScript(join(folder, "apt-get"), apt);
  await writeScript(join(folder, "docker-registry"), `echo "registry $(cat ${folder}/version)"`);
  const place = `mkdir -p tree/usr/bin && cp ${folder}/docker-registry tree/usr/bin/`;
  await writeScript(join(folder, "dpkg-deb"), `[ "$*" = "--extract docker-registry_1_all.deb tree" ] && ${place}`);
  const again = async (version?: string): Promise<string> => {
    if (version !== undefined) await writeFile(join(folder, "version"), version);
    const { stdout, stderr } = await install(folder, `${folder}:/usr/bin:/bin`);
    expect(stderr).not.toContain("docker-registry");
    expect(await readdir(join(folder, "peers"))).toEqual(version === undefined ? [] : ["docker-registry-2.8.2+ds1-1"]);
    return stdout;
  };
  expect(await again()).toContain("docker-registry 2.8.2+ds1-1: skipped: E: Version was not found\n");
  expect(await again("2.8.2+ds1")).toContain("docker-registry 2.8.2+ds1-1: installed");
  expect(await again("2.8.2+ds1")).toContain("docker-registry 2.8.2+ds1-1: there");
  expect(await again("2.8.1+ds1")).toContain("docker-registry 2.8.2+ds1-1: installed");
});

test("libraries that a Debian package needs are unpacked into its folder, and found there", async () => {
  const folder = await emptyFolder();
  for (const toolchain of ["go", "python3"]) await writeScript(join(folder, toolchain), "exit 1");
  const apt = `[ "$*" = --version ] && exit
[ "$6" = download ] || exit 0
shift 6
case "$1" in buildah=*) for package; do : > "\${package%%=*}_1_amd64.deb"; done;; *) exit 100;; esac`;
  await writeScript(join(folder, "apt-get"), apt);
  const library = '"${LD_LIBRARY_PATH%%:*}/libseccomp2"';
  await writeScript(join(folder, "buildah"), `[ -f ${library} ] && echo "buildah version 1.28.2 (image-spec 1.1.0)"`);
  const unpack = `name="\${2%%_*}"; mkdir -p tree/usr/bin tree/usr/lib/x86_64-linux-gnu
if [ "$name" = buildah ]; then cp ${folder}/buildah tree/usr/bin/; else : > "tree/usr/lib/x86_64-linux-gnu/$name"; fi`;
  await writeScript(join(folder, "dpkg-deb"), unpack);
  for (const said of ["installed", "there"]) {
    const { stdout } = await install(folder, `${folder}:/usr/bin:/bin`);
    expect(stdout).toContain(`  buildah ${PEERS.buildah.version}: ${said}`);
  }
});
