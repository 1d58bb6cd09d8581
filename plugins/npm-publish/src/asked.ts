import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { findPackages } from "@colophon/config";
import { parsePublishSummary } from "@colophon/config/emission";
import { PublishError, usage } from "./error.ts";
import type { Options } from "./options.ts";
import type { PublisherArguments } from "./publisher-arguments.ts";
import { selectPackages, type Selection } from "./select.ts";

/** What is to be published: tarballs that are there, or packages of the project. */
export interface Asked extends Selection {
  /** Absolute. */
  readonly tarballs: readonly string[];
}

const MOST_SUMMARY_BYTES = 16 * 1024 * 1024;

/** Throws PublishError, or WorkspaceError for a project that cannot be read. */
export async function readAsked(
  { tarballs, summary }: Options,
  passed: PublisherArguments,
  cwd: string,
): Promise<Asked> {
  const named = [...tarballs, ...passed.tarballs].map((one) => resolve(cwd, one));
  if (named.length > 0) return await readNamed(named);
  const asked = summary === undefined ? passed : { ...passed, packages: { named: await publishedBy(summary, cwd) } };
  return { tarballs: [], ...selectPackages(await findPackages(cwd), asked, cwd) };
}

/** What npm takes after `publish`: tarballs, and folders of packages. */
async function readNamed(paths: readonly string[]): Promise<Asked> {
  const isFolder = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ),
    ),
  );
  const folders = paths.filter((_, index) => isFolder[index]);
  const selections = await Promise.all(
    folders.map(async (folder) =>
      selectPackages(await findPackages(folder), { packages: "here", includeRoot: false }, folder),
    ),
  );
  return {
    tarballs: paths.filter((_, index) => !isFolder[index]),
    packages: selections.flatMap(({ packages }) => packages),
    warnings: selections.flatMap(({ warnings }) => warnings),
  };
}

/** Names of the packages that a publisher's summary lists. */
async function publishedBy(file: string, cwd: string): Promise<readonly string[]> {
  const path = resolve(cwd, file);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > MOST_SUMMARY_BYTES)
    throw usage(`the summary ${JSON.stringify(file)} cannot be read`, "Name the file that pnpm or lerna wrote.");
  const names = parsePublishSummary(await readFile(path, "utf8")).map(({ name }) => name);
  if (names.length > 0) return names;
  throw new PublishError("NOTHING_TO_PUBLISH", `${JSON.stringify(file)} lists no package`, {
    hint: "The publisher had nothing to publish: its versions were there already.",
  });
}
