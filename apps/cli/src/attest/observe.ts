import { observeFiles } from "@colophon/config/emission";
import { parsePurl, type DigestSet, type PlannedSubject } from "@colophon/core";
import type { Invocation } from "../command.ts";
import { npmOf, type Environment } from "../environment.ts";
import { ExitError } from "../exit-error.ts";

/**
 * The digests that planned subjects have now: of files what lies here, and of packages, as the plugins plan them, what
 * their registry serves. What is not published counts as gone. Throws ExitError where a registry cannot be asked.
 */
export async function observeSubjects(
  subjects: readonly PlannedSubject[],
  invocation: Invocation,
  environment: Environment,
): Promise<ReadonlyMap<string, DigestSet>> {
  const packages = subjects.filter(({ name, from }) => from === "file" && name.startsWith("pkg:npm/"));
  const files = await observeFiles(
    subjects.filter((one) => !packages.includes(one)),
    invocation.cwd,
  );
  if (packages.length === 0) return files;
  const npm = await npmOf(invocation, environment);
  try {
    const served = await Promise.all(packages.map(async ({ name }) => [name, await digestServed(name, npm)] as const));
    return new Map([
      ...files,
      ...served.flatMap(([name, digest]) => (digest === undefined ? [] : [[name, digest] as const])),
    ]);
  } finally {
    await npm.close();
  }
}

async function digestServed(id: string, npm: Awaited<ReturnType<typeof npmOf>>): Promise<DigestSet | undefined> {
  const { namespace, name, version = "" } = parsePurl(id);
  const packageName = namespace === undefined ? name : `${namespace}/${name}`;
  for await (const { gaps, objects } of npm.inventory.list({ channel: "npm", name: packageName, range: version })) {
    const [gap] = gaps;
    if (gap?.reason.code === "not-found") return undefined;
    if (gap !== undefined) throw new ExitError("incomplete", gap.reason.code, gap.reason.message, gap.reason);
    const [object] = objects;
    if (object === undefined) continue;
    const hashed = await npm.hash(object);
    if ("digest" in hashed) return hashed.digest;
    throw new ExitError("incomplete", hashed.reason.code, hashed.reason.message, hashed.reason);
  }
  return undefined;
}
