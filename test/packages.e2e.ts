import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

const published = globSync("{packages,plugins,apps}/*/package.json", { cwd: ROOT })
  .map((path) => ({ folder: dirname(path), manifest: JSON.parse(readFileSync(join(ROOT, path), "utf8")) as Manifest }))
  .filter(({ manifest }) => manifest.private !== true)
  .map(({ folder, manifest }) => ({ folder, name: manifest.name }));

test.each(published)("$name is packed so that it can be used", async ({ folder }) => {
  const { messages, pkg } = await publint({ pkgDir: join(ROOT, folder), strict: true });
  expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([]);
});
