import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { openProject, openWorlds, resultOf } from "./worlds.ts";

const WIDGET = "npm:@acme/widget";

describe("coverage of a project whose versions show every status", () => {
  test("counts each as it should be, in JSON that its schema holds for", async () => {
    const { coverage, project, registry } = await openProject();
    const finished = await coverage(...project.packages.map(({ name }) => `npm:${name}`), "--json");
    const result = resultOf(finished);
    const expected = project.packages.flatMap(({ name, versions }) =>
      versions.map(({ version, status }) => [`pkg:npm/${name.replace("@", "%40")}@${version}`, status]),
    );
    expect(Object.fromEntries(result.objects.map(({ id, status }) => [id, status]))).toEqual(
      Object.fromEntries(expected),
    );
    expect(result.summary).toMatchObject({ objects: 10, verified: 3, present: 2, mismatch: 2, missing: 2, unknown: 1 });
    expect(result.summary.latest).toMatchObject({ objects: 2, verified: 2 });
    expect(finished.code).toBe(3);
    expect(finished.stderr).toBe("");
    const host = new URL(registry.url).host;
    expect(Object.keys(result.run.requests)).toEqual([host]);
    const schemaFile = createRequire(import.meta.url).resolve("@colophon/report/schema/coverage-1.json");
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(
      JSON.parse(await readFile(schemaFile, "utf8")) as object,
    );
    expect(validate(result) ? [] : validate.errors).toEqual([]);
  });

  test("shows why not and what to do, for people", async () => {
    const { coverage } = await openProject();
    const { stdout } = await coverage(WIDGET);
    expect(stdout).toContain("npm  @acme/widget   2 of 8 verified");
    expect(stdout).toContain("found     https://github.com/mallory/widget");
    expect(stdout).toContain("(signature: signature)");
    expect(stdout).toContain("triggered by pull_request");
    expect(stdout).toMatch(
      /Coverage 25\.0–37\.5 %  8 objects: 2 verified, 2 present, 2 mismatch, 1 missing, 1 unknown/,
    );
  });

  test("gives the ids of all that are not verified with --missing", async () => {
    const { coverage } = await openProject();
    const { stdout } = await coverage("npm:@acme/widget-cli", "--missing");
    expect(stdout).toBe("pkg:npm/%40acme/widget-cli@1.0.0\n");
  });

  test("asks about the latest release with --latest, and about older ones up to the first that verifies", async () => {
    const { coverage, registry } = await openProject();
    const result = resultOf(await coverage(WIDGET, "--latest", "--json"));
    expect(result.objects.map(({ id }) => id)).toEqual(["pkg:npm/%40acme/widget@2.0.0"]);
    expect(registry.requests.map(({ path }) => path.split("@").at(-1))).toEqual(["acme%2fwidget", "2.0.0", "1.1.0"]);
  });

  test("lists what a range names, prereleases and exact versions too", async () => {
    const { coverage } = await openProject();
    const idsOf = async (object: string): Promise<string[]> =>
      resultOf(await coverage(object, "--json")).objects.map(({ id }) => id.split("@").at(-1) ?? "");
    expect(await idsOf(`${WIDGET}@^2`)).toEqual(["2.0.0"]);
    expect(await idsOf(`${WIDGET}@1.1.0`)).toEqual(["1.1.0"]);
    expect(await idsOf("pkg:npm/%40acme/widget@1.1.0")).toEqual(["1.1.0"]);
    expect(await idsOf(`${WIDGET}@latest`)).toEqual(["2.0.0"]);
  });

  test("accepts a builder that the configuration adds", async () => {
    const row = (identity: string): object => ({
      issuer: "https://id.acme.example",
      identity,
      builderId: "*",
      level: 1,
    });
    const { coverage } = await openProject({ builders: [row("*")] });
    const result = resultOf(await coverage(`${WIDGET}@1.3.0`, "--json"));
    const [object] = result.objects;
    expect(object).toMatchObject({
      evidence: expect.arrayContaining([expect.objectContaining({ authenticated: true })]) as unknown,
    });
  });

  test("counts this folder's package where no object is named, and none that is private", async () => {
    const { coverage, folder } = await openProject();
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "@acme/widget-cli", version: "0.0.0" }));
    expect(resultOf(await coverage("--json")).summary.objects).toBe(2);
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "@acme/widget-cli", private: true }));
    expect(await coverage()).toMatchObject({ code: 2, stderr: expect.stringContaining("is private") as string });
  });

  test("opens no socket when offline, and says so", async () => {
    const { coverage, registry } = await openProject();
    const finished = await coverage(WIDGET, "--offline", "--json");
    expect(finished.code).toBe(3);
    expect(resultOf(finished).gaps.map(({ reason }) => reason.code)).toEqual(["offline"]);
    expect(registry.requests).toEqual([]);
  });

  test("draws the same bytes for the same input, but for run", async () => {
    const { coverage } = await openProject();
    const [first, second] = [resultOf(await coverage(WIDGET, "--json")), resultOf(await coverage(WIDGET, "--json"))];
    expect({ ...second, run: null }).toEqual({ ...first, run: null });
  });
});

describe("a registry that carries no attestations", () => {
  test("leaves every version unknown after one request", async () => {
    const { coverage, registry } = await openWorlds({
      mirror: true,
      packages: [{ name: "plain", versions: [{ version: "1.0.0" }, { version: "2.0.0-beta.1" }] }],
    });
    const finished = await coverage("npm:plain", "--json");
    const result = resultOf(finished);
    expect(finished.code).toBe(3);
    expect(result.objects.map(({ status, reason }) => [status, reason?.code])).toEqual([
      ["unknown", "attestations-not-carried"],
      ["unknown", "attestations-not-carried"],
    ]);
    expect(registry.requests).toHaveLength(1);
  });
});
