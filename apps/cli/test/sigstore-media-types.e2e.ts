import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import type { SigstoreBundle } from "@colophon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataFile, hasData, skipped } from "./data.ts";
import { hash, openFieldCases, provenanceOf, RUN, told, type FieldCases } from "./field-case.ts";

// Bundles announce their version in a media type of several spellings; what nobody has specified is refused.

let cases: FieldCases;
beforeAll(async () => {
  cases = await openFieldCases();
});
afterAll(async () => {
  await cases.close();
});

async function attest(form: { bundleVersion?: "0.1" | "0.2" } = {}): Promise<SigstoreBundle> {
  return await cases.sigstore.attest({ statement: provenanceOf(), identity: RUN, ...form });
}

describe("bundle-media-types", () => {
  const TYPE = "application/vnd.dev.sigstore.bundle";
  const OK = [`${TYPE}.v0.3+json`, `${TYPE}+json;version=0.3`];
  const REFUSED: readonly (readonly [unknown, string])[] = [
    [`${TYPE}.v0.9+json`, "bundle-version-unknown"],
    [`${TYPE}+json;version=0.9`, "bundle-version-unknown"],
    [`${TYPE}+json;version=0.31`, "bundle-version-unknown"],
    [`${TYPE}.v0.3+json; charset=utf-8`, "bundle-media-type"],
    [`${TYPE}.v0.3+jsonx`, "bundle-media-type"],
    ["application/json", "bundle-media-type"],
    [null, "bundle-media-type"],
    // Of the same kind.
    [`${TYPE}.v0.4+json`, "bundle-version-unknown"],
    [`${TYPE}.v0.30+json`, "bundle-version-unknown"],
    [`${TYPE}.v1+json`, "bundle-version-unknown"],
    [`${TYPE}.v0.2+json`, "bundle-version-unknown"],
    [`${TYPE}.V0.3+JSON`, "bundle-media-type"],
    [` ${TYPE}.v0.3+json`, "bundle-media-type"],
    [`${TYPE}+json; version=0.3`, "bundle-media-type"],
    [`${TYPE}+json`, "bundle-media-type"],
    [["x"], "bundle-media-type"],
    ["", "bundle-media-type"],
  ];

  test("each spelling of a known version verifies, in bundles of its shape", async () => {
    const bundle = await attest();
    const escaped = JSON.stringify({ ...bundle, mediaType: OK[1] }).replace("version=", "version\\u003d");
    const older = [await attest({ bundleVersion: "0.1" }), await attest({ bundleVersion: "0.2" })];
    const proofs = [...OK.map((mediaType) => ({ ...bundle, mediaType })), escaped, ...older];
    const { code, result } = await cases.verifyAny(proofs);
    expect([code, result.status, result.level]).toEqual([0, "verified", 2]);
    expect(result.evidence.map(({ verdict }) => verdict)).toEqual(proofs.map(() => "verified"));
  });

  test("any other is refused, and quoted, by verify and in coverage", async () => {
    const bundle = await attest();
    const proofs = REFUSED.map(([mediaType]) => ({ ...bundle, mediaType }));
    const { code, result } = await cases.verifyAny(proofs);
    expect([code, told(result)]).toEqual([1, "present bundle bundle-version-unknown"]);
    const covered = await cases.cover([bundle, ...proofs]);
    expect(covered.map(told)).toEqual(["verified", ...REFUSED.map(([, refusal]) => `present bundle ${refusal}`)]);
    for (const [index, [mediaType]] of REFUSED.entries()) {
      const quoted = expect.stringContaining(JSON.stringify(mediaType)) as string;
      expect(result.evidence[index]).toMatchObject({ verdict: "bundle", message: quoted });
      expect(covered[index + 1]?.reason?.message).toEqual(quoted);
    }
  });

  test.skipIf(!hasData)(`a real bundle of the public-good instance${skipped}`, async () => {
    const read = (path: string): string => readFileSync(dataFile("slsa-verifier/gha_generic", path), "utf8");
    const [, digest] = /(\S+) .*v2\.1\.0\/binary-linux-amd64-push-v14\n/.exec(read("SHA256SUMS")) ?? [];
    const bundle = JSON.parse(read("v2.1.0/binary-linux-amd64-push-v14.intoto.jsonl")) as object;
    const config = await cases.write({}, "public.config.json");
    const run = async (mediaType: unknown): Promise<unknown[]> => {
      const named = ["--bundle", await cases.write({ ...bundle, mediaType }), "--offline", "--config", config];
      const { code, stdout } = await cases.run("verify", `sha256:${digest}`, ...named, "--json");
      return [code, told(JSON.parse(stdout) as VerifyResult)];
    };
    expect(await run(OK[1])).toEqual([0, "verified"]);
    expect(await run(`${TYPE}.v0.9+json`)).toEqual([1, "present bundle bundle-version-unknown"]);
  });

  // The conformance bundle signs the file itself, which is no provenance: it authenticates, and verifies nothing.
  test.skipIf(!hasData)(`the conformance bundle under each media type${skipped}`, async () => {
    const path = "sigstore-conformance/happy-path-v0.3-new-mediaType/bundle.sigstore.json";
    const bundle = JSON.parse(readFileSync(dataFile(path), "utf8")) as object;
    const types = [...OK, ...REFUSED.map(([mediaType]) => mediaType)];
    const lines = await cases.write(types.map((mediaType) => JSON.stringify({ ...bundle, mediaType })).join("\n"));
    const trust = ["--offline", "--config", await cases.write({}, "public.config.json")];
    const artifact = dataFile("sigstore-conformance/a.txt");
    const { code, stdout } = await cases.run("verify", artifact, "--bundle", lines, "--json", ...trust);
    const result = JSON.parse(stdout) as VerifyResult;
    expect([code, told(result)]).toEqual([1, "present predicate-type message-signature"]);
    expect(result.evidence.map(({ authenticated, verdict }) => [authenticated, verdict])).toEqual([
      ...OK.map(() => [true, "predicate-type"]),
      ...REFUSED.map(() => [false, "bundle"]),
    ]);
  });

  test("the type inside counts, and a layer of another in an OCI layout is told", async () => {
    const spelt = async (mediaType: string): Promise<VerifyResult> => {
      const layout = await writeLayout(OK[1] ?? "", async (subject) => {
        const statement = provenanceOf(RUN, [subject]);
        return { ...(await cases.sigstore.attest({ statement, identity: RUN })), mediaType };
      });
      const { code, stdout } = await cases.run("verify", `oci-layout:${layout}`, "--json");
      const result = JSON.parse(stdout) as VerifyResult;
      expect(code).toBe(result.status === "verified" ? 0 : 1);
      return result;
    };
    const verified = await spelt(OK[0] ?? "");
    expect(told(verified)).toBe("verified");
    expect(verified.warnings).toMatchObject([{ code: "media-type-differs" }]);
    expect(verified.warnings[0]?.message).toContain(`"${OK[1]}", and the bundle inside "${OK[0]}"`);
    expect((await spelt(OK[1] ?? "")).warnings).toEqual([]);
    const refused = await spelt(`${TYPE}.v0.9+json`);
    expect(told(refused)).toBe("present bundle bundle-version-unknown");
    expect(refused.failure?.message).toContain(`${TYPE}.v0.9+json`);
  });
});

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };

/** An OCI layout of one image, to which an attestation of that layer type refers. Answers its path. */
async function writeLayout(layerType: string, toBundle: (subject: object) => Promise<object>): Promise<string> {
  const folder = join(cases.folder, `layout-${randomUUID()}`);
  await mkdir(join(folder, "blobs/sha256"), { recursive: true });
  const add = async (content: object, mediaType: string): Promise<Descriptor> => {
    const bytes = Buffer.from(JSON.stringify(content));
    const hex = hash("sha256", bytes);
    await writeFile(join(folder, "blobs/sha256", hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.byteLength };
  };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const config = await add({}, "application/vnd.oci.image.config.v1+json");
  const image = await add({ schemaVersion: 2, mediaType, config, layers: [] }, mediaType);
  const bundle = await toBundle({ name: "widget", digest: { sha256: image.digest.slice("sha256:".length) } });
  const layers = [await add(bundle, layerType)];
  const manifest = { schemaVersion: 2, mediaType, artifactType: layerType, config, layers, subject: image };
  const manifests = [image, await add(manifest, mediaType)];
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  return folder;
}
