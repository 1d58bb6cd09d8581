import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { startHelmRepository } from "../../src/index.ts";

test("a Helm repository serves its index, its archives, and what is put beside them", async () => {
  const repository = await startHelmRepository();
  onTestFinished(() => repository.close());
  const ask = async (name: string) => {
    const answer = await fetch(`${repository.url}/${name}`);
    return [answer.status, await answer.text()] as const;
  };
  expect(await ask("index.yaml")).toEqual([200, 'apiVersion: v1\nentries: {}\n\ngenerated: "2026-01-31T12:00:00Z"\n']);
  const digest = repository.addChart({ name: "widget", version: "1.4.0", archive: "alpha\n" });
  repository.addChart({
    name: "widget",
    version: "1.3.0",
    archive: null,
    entry: { digest: undefined, deprecated: true },
  });
  expect(digest).toBe(createHash("sha256").update("alpha\n").digest("hex"));
  const [, index] = await ask("index.yaml");
  expect(index.split("\n").slice(1, 4)).toEqual([
    "entries:",
    "  widget:",
    `  - {"apiVersion":"v2","name":"widget","version":"1.4.0","urls":["widget-1.4.0.tgz"],"digest":"${digest}","created":"2026-01-31T12:00:00.123456789Z"}`,
  ]);
  expect(index).toContain(
    '"version":"1.3.0","urls":["widget-1.3.0.tgz"],"created":"2026-01-31T12:00:00.123456789Z","deprecated":true}',
  );
  expect(await ask("widget-1.4.0.tgz")).toEqual([200, "alpha\n"]);
  expect((await ask("widget-1.3.0.tgz"))[0]).toBe(404);
  expect((await ask("../index.yaml"))[0]).toBe(404);
  repository.put("index.yaml", "entries: {}");
  repository.respond(/prov$/, 403);
  expect([await ask("index.yaml"), (await ask("widget-1.4.0.tgz.prov"))[0]]).toEqual([[200, "entries: {}"], 403]);
  expect(repository.requests.at(-1)?.path).toBe("/stable/widget-1.4.0.tgz.prov");
});
