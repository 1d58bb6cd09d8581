import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { openOutputFolder, type OutputFolder } from "../../src/output/folder.ts";
import { asOrdinaryUser, makeFolder } from "../folder.ts";

const NODE = ["--conditions=@colophon/source", "--no-warnings"];
const HOLDER = join(import.meta.dirname, "hold-folder.mjs");

async function open(folder: string): Promise<OutputFolder> {
  const output = await openOutputFolder(folder);
  onTestFinished(async () => await output.close());
  return output;
}

/** Opens the folder in a process of its own. */
async function hold(folder: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...NODE, HOLDER, folder], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout!, "data");
  return child;
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).toSorted();
}

describe("writing", () => {
  test("makes the folder, and leaves whole files and nothing that is temporary", async () => {
    const folder = join(await makeFolder(), "dist/colophon");
    const output = await openOutputFolder(folder);
    expect(output.location).toBe(folder);
    await output.write("plan.json", "{}");
    await output.write("a.sigstore.json", new Uint8Array([123, 125]));
    await output.close();
    expect(await namesIn(folder)).toEqual([".colophon", ".colophon/written", "a.sigstore.json", "plan.json"]);
    expect(await readFile(join(folder, "a.sigstore.json"), "utf8")).toBe("{}");
  });

  test("is packed by npm with no package, though that publishes the folder it lies in", async () => {
    const [folder, kept] = [await makeFolder(), await makeFolder()];
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "a", version: "1.0.0", files: ["dist"] }));
    await mkdir(join(folder, "dist"));
    await writeFile(join(folder, "dist/index.js"), "");
    await writeFile(join(kept, "index.js"), "");
    for (const place of [join(folder, "dist/colophon"), kept]) {
      const output = await openOutputFolder(place, { isUnpacked: true });
      await output.write("plan.json", "{}");
      await output.close();
    }
    const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json"], { cwd: folder });
    const [told] = Object.values(JSON.parse(stdout) as Record<string, { files: { path: string }[] }>);
    expect(told?.files.map(({ path }) => path)).toEqual(["dist/index.js", "package.json"]);
    expect(await namesIn(kept)).not.toContain(".npmignore");
  });

  test("keeps a folder out of packages that was made before, and is empty", async () => {
    const folder = await makeFolder();
    await (await openOutputFolder(folder, { isUnpacked: true })).close();
    expect(await namesIn(folder)).toContain(".npmignore");
  });

  test("replaces what this run or an earlier one wrote", async () => {
    const folder = await makeFolder();
    for (const content of ["1", "2"]) {
      const output = await openOutputFolder(folder);
      await output.write("plan.json", content);
      await output.write("plan.json", `${content}${content}`);
      await output.close();
    }
    expect(await readFile(join(folder, "plan.json"), "utf8")).toBe("22");
  });

  test("knows a file again that got its name just before a crash", async () => {
    const folder = await makeFolder();
    const output = await openOutputFolder(folder);
    await output.write("plan.json", "1");
    await output.close();
    await writeFile(join(folder, "receipt.json"), "half way");
    const digest = "1".repeat(64);
    await appendFile(join(folder, ".colophon/written"), `\n${digest}  recei`);
    const again = await open(folder);
    await again.write("plan.json", "2");
    await expect(again.write("receipt.json", "{}")).rejects.toMatchObject({ code: "OUTPUT_FOREIGN" });
    expect(await readFile(join(folder, ".colophon/written"), "utf8")).toMatch(/recei\n[0-9a-f]{64} {2}plan\.json$/);
  });

  test.each<[string, (folder: string) => Promise<unknown>]>([
    ["a file that was there", async (folder) => await writeFile(join(folder, "artifacts.json"), "[]")],
    ["a folder", async (folder) => await mkdir(join(folder, "artifacts.json"))],
    ["a symbolic link", async (folder) => await symlink("../elsewhere", join(folder, "artifacts.json"))],
  ])("refuses to take the place of %s", async (_, put) => {
    const folder = await makeFolder();
    await put(folder);
    const before = await namesIn(folder);
    const output = await openOutputFolder(folder);
    await expect(output.write("artifacts.json", "{}")).rejects.toMatchObject({
      code: "OUTPUT_FOREIGN",
      message: '"artifacts.json" is in the output folder and was not written by Colophon',
      hint: "Move it away, or name another output folder.",
    });
    await output.close();
    expect((await namesIn(folder)).filter((name) => !name.startsWith(".colophon"))).toEqual(before);
  });

  test("refuses to take the place of its own file that was changed since", async () => {
    const folder = await makeFolder();
    const output = await open(folder);
    await output.write("plan.json", "1");
    await writeFile(join(folder, "plan.json"), "edited");
    await expect(output.write("plan.json", "2")).rejects.toMatchObject({ code: "OUTPUT_FOREIGN" });
  });

  test("has nothing to do where the same bytes are there", async () => {
    const folder = await makeFolder({ "plan.json": "{}" });
    const output = await open(folder);
    await expect(output.write("plan.json", "{}")).resolves.toBeUndefined();
  });

  test("takes only names of plain files", async () => {
    const folder = await makeFolder({ "x/y": "" });
    const output = await open(join(folder, "x"));
    await expect(output.write("../plan.json", "{}")).rejects.toMatchObject({ code: "OUTPUT_NAME" });
    await expect(output.read("../x/y")).rejects.toMatchObject({ code: "OUTPUT_NAME" });
  });
});

describe("reading", () => {
  test("gives what is there, or undefined", async () => {
    const output = await open(await makeFolder({ "plan.json": "{}" }));
    await expect(output.read("plan.json")).resolves.toEqual(Buffer.from("{}"));
    await expect(output.read("receipt.json")).resolves.toBeUndefined();
  });

  test("refuses a symbolic link, a folder and a file that is too large", async () => {
    const folder = await makeFolder({ secret: "s", large: "" });
    await symlink("secret", join(folder, "link"));
    await mkdir(join(folder, "folder"));
    await truncate(join(folder, "large"), 128 * 1024 * 1024 + 1);
    const output = await open(folder);
    await expect(output.read("link")).rejects.toMatchObject({ code: "OUTPUT_FOREIGN" });
    await expect(output.read("folder")).rejects.toMatchObject({ code: "OUTPUT_FOREIGN" });
    await expect(output.read("large")).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});

describe("two runs", () => {
  test("cannot hold the folder at once, in one process or in two", async () => {
    const folder = await makeFolder();
    await hold(folder);
    const busy = { code: "OUTPUT_BUSY", message: `another run writes into "${folder}"` };
    await expect(openOutputFolder(folder)).rejects.toMatchObject(busy);
    const other = await makeFolder();
    await open(other);
    await expect(openOutputFolder(other)).rejects.toMatchObject({ code: "OUTPUT_BUSY" });
    expect(await namesIn(folder)).toEqual([".colophon", ".colophon/lock", ".colophon/written", "plan.json"]);
  });

  test("follow each other when the first was killed, and what it left half written goes", async () => {
    const folder = await makeFolder();
    const child = await hold(folder);
    child.kill("SIGKILL");
    await once(child, "close");
    await writeFile(join(folder, ".colophon/0.tmp"), "half");
    const output = await open(folder);
    await output.write("plan.json", '{"resumed":true}');
    expect(await namesIn(folder)).toEqual([".colophon", ".colophon/lock", ".colophon/written", "plan.json"]);
  });

  test("that come at once after a crash: one holds the folder", async () => {
    const folder = await makeFolder();
    await (await openOutputFolder(folder)).close();
    await writeFile(join(folder, ".colophon/lock"), `${hostname()} ${process.pid} 1`);
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openOutputFolder(folder)));
    expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test.each([
    ["another machine's", `elsewhere 1 1`],
    ["one that is written halfway", hostname()],
    ["one of no process", `${hostname()} -1 1`],
  ])("a lock that may be held stays: %s", async (_, lock) => {
    const folder = await makeFolder({ ".colophon/lock": lock });
    await expect(openOutputFolder(folder)).rejects.toMatchObject({
      code: "OUTPUT_BUSY",
      hint: `Let it end. If there is none, delete the files whose names start with "${folder}/.colophon/lock".`,
    });
    expect(await readFile(join(folder, ".colophon/lock"), "utf8")).toBe(lock);
    expect(await namesIn(folder)).toEqual([".colophon", ".colophon/lock"]);
  });
});

describe("a folder that cannot be written", () => {
  test("is one error, with what to do", async () => {
    const folder = await makeFolder({ file: "" });
    await expect(openOutputFolder(join(folder, "file/dist"))).rejects.toMatchObject({
      code: "OUTPUT_UNWRITABLE",
      message: `"${join(folder, "file/dist")}" cannot be written: a file is where a folder should be`,
      hint: "Name an output folder that can be written.",
    });
    await expect(openOutputFolder(join(folder, "file"))).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
    await chmod(folder, 0o555);
    await expect(asOrdinaryUser(async () => await openOutputFolder(join(folder, "dist")))).rejects.toMatchObject({
      code: "OUTPUT_UNWRITABLE",
      message: `"${join(folder, "dist")}" cannot be written: permission denied`,
    });
  });

  test.each<[string, (folder: string) => Promise<unknown>]>([
    ["a symbolic link", async (folder) => await symlink("/tmp", join(folder, ".colophon"))],
    ["a file", async (folder) => await writeFile(join(folder, ".colophon"), "")],
  ])("is one where %s is in the place of what is kept there", async (_, put) => {
    const folder = await makeFolder();
    await put(folder);
    await expect(openOutputFolder(folder)).rejects.toMatchObject({ code: expect.stringMatching(/^OUTPUT_/) });
  });

  test("gives its lock back where the list of what was written is no list", async () => {
    const folder = await makeFolder();
    await mkdir(join(folder, ".colophon"));
    await symlink("/etc/passwd", join(folder, ".colophon/written"));
    await expect(openOutputFolder(folder)).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
    await rm(join(folder, ".colophon/written"));
    await open(folder);
  });

  const fills = [
    {
      how: "of the file system",
      through: ["unshare", "-rm"],
      limit: 'mount -t tmpfs -o size=64k none "$2"',
      code: "ENOSPC",
    },
    { how: "of a quota", through: [], limit: "ulimit -f 8", code: "EFBIG" },
  ].map((fill) => ({ ...fill, possible: spawnSync("sh", ["-c", `${fill.through.join(" ")} true`]).status === 0 }));
  const SCRIPT = `
    import { readdir, readFile } from "node:fs/promises";
    import { openOutputFolder } from "@colophon/workspace";
    process.on("SIGXFSZ", () => undefined);
    const folder = process.argv[1];
    const output = await openOutputFolder(folder);
    await output.write("plan.json", "{}");
    const { code, message } = await output.write("plan.json", "x".repeat(100_000)).catch((error) => error);
    await output.close();
    const names = (await readdir(folder, { recursive: true })).toSorted();
    process.stdout.write(JSON.stringify({ code, message, names, plan: await readFile(folder + "/plan.json", "utf8") }));`;

  test.skipIf(fills.every(({ possible }) => !possible)).each(fills.filter(({ possible }) => possible))(
    "for want of space $how leaves the file as it was, and no half one",
    async ({ through, limit, code }) => {
      const folder = await makeFolder();
      const command = [
        ...through,
        "sh",
        "-c",
        `${limit}; exec "$0" "$1" --no-warnings --input-type=module -e "$3" "$2"`,
      ];
      const script = [process.execPath, "--conditions=@colophon/source", folder, SCRIPT];
      const { stdout } = await promisify(execFile)("env", [...command, ...script], { cwd: import.meta.dirname });
      expect(JSON.parse(stdout)).toEqual({
        code: "OUTPUT_FULL",
        message: `no space is left for "plan.json" (${code})`,
        names: [".colophon", ".colophon/written", "plan.json"],
        plan: "{}",
      });
    },
  );
});
