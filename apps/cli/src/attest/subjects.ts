import { basename, dirname, join, relative, resolve, sep } from "node:path";
import {
  checkChecksums,
  findFiles,
  hashFiles,
  parseChecksums,
  readPushed,
  type Images,
  type ImageSubjects,
} from "@colophon/config/emission";
import { parseHexDigest, type DigestSet, type PlannedSubject, type Warning } from "@colophon/core";
import { readNamedFile } from "../artifact.ts";
import type { Options } from "../options.ts";
import { UsageError } from "../usage-error.ts";

const MOST_NAMED = 5;

export interface Subjects extends Partial<Pick<ImageSubjects, "groupOf">> {
  readonly subjects: readonly PlannedSubject[];
  readonly warnings: readonly Warning[];
}

/** References among what is to be attested. */
export function imagesIn(options: Options): readonly string[] {
  return options.positionals.filter((one) => /^oci:\/\//i.test(one));
}

/** Everything that is to be attested, in the order it was named. Throws UsageError, or what reading files throws. */
export async function readSubjects(
  options: Options,
  cwd: string,
  outputFolder: string,
  images: Images | undefined,
): Promise<Subjects> {
  if (options.text("statement") !== undefined || options.text("seal") !== undefined)
    return { subjects: [], warnings: [] };
  const named = imagesIn(options);
  const paths = options.positionals.filter((one) => !named.includes(one));
  const pushed = named.length === 0 ? undefined : await images?.confirm((await readPushed(named)).pushed);
  const files = await findFiles(paths, { cwd, outputFolder });
  const hashed = await hashFiles(files);
  const subjects = hashed.map(({ name, path, digest }): PlannedSubject => ({ name, digest, from: "file", path }));
  const warnings: Warning[] = [...(pushed?.warnings ?? [])];
  for (const path of options.texts("checksums")) {
    const listed = await readChecksums(path, cwd);
    subjects.push(...listed.subjects);
    warnings.push(...listed.warnings);
  }
  subjects.push(...options.texts("subject").map(parseSubject));
  subjects.push(...(pushed?.subjects ?? []));
  return { ...pushed, subjects, warnings };
}

async function readChecksums(path: string, cwd: string): Promise<Subjects> {
  const { entries, warnings } = parseChecksums(await readNamedFile(path, cwd), basename(path));
  const folder = dirname(resolve(cwd, path));
  const { matching, differing, missing } = await checkChecksums(entries, folder);
  if (missing.length > 0)
    throw wrong(
      path,
      "names what is not there",
      missing.map(({ name }) => name),
    );
  if (differing.length > 0)
    throw wrong(
      path,
      "is not about these bytes",
      differing.map(({ entry }) => entry.name),
    );
  const subjects = matching.map(({ entry, digest }): PlannedSubject => {
    const shown = relative(cwd, join(folder, entry.name)).split(sep).join("/");
    return { name: entry.name, digest, from: "checksums", path: shown };
  });
  return { subjects, warnings };
}

function wrong(path: string, why: string, names: readonly string[]): UsageError {
  const shown = names.slice(0, MOST_NAMED).map((name) => JSON.stringify(name));
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  return new UsageError(
    `the checksum file ${JSON.stringify(path)} ${why}: ${shown.join(", ")}${more}`,
    "Make it again from the files that are published, or name the files themselves.",
  );
}

function parseSubject(text: string): PlannedSubject {
  const found = /^(.+)=(sha256|sha384|sha512):([0-9a-f]+)$/is.exec(text);
  const [, name = "", algorithm = "", hex = ""] = found ?? [];
  if (found === null) {
    throw new UsageError(
      `--subject ${JSON.stringify(text.slice(0, 120))} is not NAME=ALG:HEX`,
      "Write it as name.tgz=sha256:…, with sha256, sha384 or sha512.",
    );
  }
  const digest: DigestSet = parseHexDigest(algorithm.toLowerCase(), hex);
  return { name, digest, from: "given" };
}
