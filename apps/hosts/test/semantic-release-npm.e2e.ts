import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startVerdaccio, type Verdaccio } from "../src/verdaccio.ts";
import { fetchPackument } from "./packument.ts";
import { makeReleaseWorld, OWN, packageOf } from "./release-world.ts";

let verdaccio: Verdaccio;
beforeAll(async () => void (verdaccio = await startVerdaccio()));
afterAll(() => verdaccio.close());

const NPM = "@semantic-release/npm";
const sha512Of = (integrity = ""): string => Buffer.from(integrity.replace("sha512-", ""), "base64").toString("hex");

describe("one line after @semantic-release/npm", () => {
  test("proves a first and a second release, each by what the registry serves", async () => {
    const world = await makeReleaseWorld(verdaccio, packageOf("@acme/widget", [NPM, OWN]));
    for (const version of ["1.0.0", "1.0.1"]) {
      if (version === "1.0.1") await world.repository.commit("fix: turn back", { "index.js": "// back\n" });
      const result = await world.release();
      expect(result.code, result.stdout + result.stderr).toBe(0);
      const receipt = await world.receipt();
      const id = `pkg:npm/%40acme/widget@${version}`;
      const { versions } = await fetchPackument(verdaccio, "@acme/widget");
      const sha512 = sha512Of(versions[version]?.dist.integrity);
      expect(receipt).toMatchObject({ status: "sealed", objects: [{ name: id, proven: true, digest: { sha512 } }] });
      const stem = `acme-widget-${version}.tgz`;
      // What an earlier release left is not there any more: a GitHub release would take it up.
      expect(await world.list()).toEqual(
        [`${stem}.intoto.jsonl`, `${stem}.sigstore.json`, "artifacts.json", "metadata.json", "plan.json"].concat([
          "receipt.json",
          "tarballs",
        ]),
      );
      const verify = ["verify", `dist/colophon/tarballs/${stem}`, "--bundle", `dist/colophon/${stem}.sigstore.json`];
      const source = ["--source-repository", "https://github.com/acme/widgets"];
      expect(await world.run("colophon", [...verify, ...source])).toMatchObject({ code: 0 });
    }
    expect(world.repository.listPushedTags()).toEqual(["v1.0.0", "v1.0.1"]);
  });
});
