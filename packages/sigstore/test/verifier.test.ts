import { createHash, generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Verifier } from "@colophon/core";
import { createTrustSource, createVerifier, SigstoreError } from "../src/index.ts";
import { authenticate, authenticateAnswer, bundledVerifier, verdictOf } from "./authenticate.ts";
import { hasRealData, listReal, readReal, realPath, WITH_REAL_DATA } from "./real-data.ts";

const verifier = bundledVerifier();

describe.skipIf(!hasRealData)(`real attestations authenticate against the bundled root ${WITH_REAL_DATA}`, () => {
  const bundles = ["v1.9.0", "v1.10.0", "v2.0.0", "v2.1.0"].flatMap((version) =>
    listReal(`slsa-verifier/gha_delegator/${version}`)
      .filter((name) => name.endsWith(".build.slsa"))
      .map((name) => `slsa-verifier/gha_delegator/${version}/${name}`),
  );

  test("all 16 bundles of the delegator are there", () => {
    expect(bundles).toHaveLength(16);
  });

  test.each(bundles)("%s is signed by the generator's workflow and has a proof of its log entry", async (path) => {
    const result = await authenticate(verifier, readReal(path));
    expect(result).toMatchObject({
      ok: true,
      log: "proof",
      times: [{ from: "log" }],
      statement: { predicateType: expect.stringContaining("slsa.dev/provenance") as string },
      signer: { kind: "certificate", issuer: "https://token.actions.githubusercontent.com" },
    });
    expect(result).toHaveProperty(
      "signer.subject",
      expect.stringMatching(/^https:\/\/github\.com\/slsa-framework\/slsa-github-generator\//),
    );
  });

  const answers = listReal("slsa-verifier/npm").filter((name) => name.endsWith(".tgz.json"));

  test.each(answers)("npm/%s answers as its name says", async (name) => {
    const { provenance, publish } = await authenticateAnswer(verifier, readReal(`slsa-verifier/npm/${name}`));
    const broken = "signature broken signature";
    expect(verdictOf(provenance)).toBe(name.includes("invalidsigprov") ? broken : "ok");
    expect(verdictOf(publish)).toBe(name.includes("invalidsigpub") ? broken : "ok");
  });

  test("a registry's publish attestation names the registry whose key signed it", async () => {
    const answer = readReal("slsa-verifier/npm/provenance-npm-test-ossf.tgz.json");
    const { publish } = await authenticateAnswer(verifier, answer);
    const { registry } = JSON.parse(JSON.stringify(publish.ok && publish.statement?.predicate)) as { registry: string };
    expect(publish).toMatchObject({
      ok: true,
      signer: { kind: "key", scope: "registry", registry: new URL(registry).host },
      log: "promise",
    });
  });

  test.each([
    ["npm-attestations", "ok", "ok"],
    ["npm-att-prov-invalid-signature", "signature broken signature", "ok"],
    ["npm-att-mismatch-prov-payloadtype", "payload-type broken payload-type", "ok"],
    ["npm-att-publish-nosubjects", "ok", "signature broken signature"],
  ])("npm-malformed/%s: provenance %s, publish attestation %s", async (name, provenance, publish) => {
    const path = `slsa-verifier/npm-malformed/${name}.intoto.sigstore`;
    const results = await authenticateAnswer(verifier, readReal(path));
    expect([verdictOf(results.provenance), verdictOf(results.publish)]).toEqual([provenance, publish]);
  });

  test("envelopes of the generic generator without log entry keep what they claim", async () => {
    const names = listReal("slsa-verifier/gha_generic/v1.9.0");
    expect(names).not.toHaveLength(0);
    for (const name of names) {
      const result = await authenticate(verifier, readReal(`slsa-verifier/gha_generic/v1.9.0/${name}`));
      expect(verdictOf(result)).toBe("log unprovable log-entry-missing");
      expect(result).toHaveProperty("claimed.statement.predicateType");
      expect(result).toHaveProperty("claimed.signer.subject");
    }
  });

  test.each([
    ["the right key id", "keystore://76574:prod:vsa_signing_public_key", "ok"],
    ["another key id", "my_key_id", "signature unprovable key-unknown"],
    ["an empty key id", "", "signature unprovable key-unknown"],
  ])("a real VSA by a plain key, with %s", async (_title, keyId, verdict) => {
    const publicKey = readReal("slsa-verifier/vsa/gce/v1/vsa_signing_public_key.pem").toString("utf8");
    const vsa = readReal("slsa-verifier/vsa/gce/v1/gke-gce-pre.bcid-vsa.jsonl");
    const result = await authenticate(bundledVerifier([{ publicKey, keyId }]), vsa);
    expect(verdictOf(result)).toBe(verdict);
  });
});

describe.skipIf(!hasRealData)(`the Sigstore conformance cases ${WITH_REAL_DATA}`, () => {
  const folder = (name: string): string => `sigstore-conformance/${name}`;
  const cases = listReal("sigstore-conformance").filter((name) =>
    existsSync(realPath(`${folder(name)}/bundle.sigstore.json`)),
  );

  function conformanceVerifier(name: string): Verifier {
    const [root, key] = ["trusted_root.json", "key.pub"].map((file) => realPath(`${folder(name)}/${file}`));
    const trust = createTrustSource({
      offline: true,
      ...(root !== undefined && existsSync(root) && { trustedRootFile: root }),
    });
    const keys = key !== undefined && existsSync(key) ? [readReal(`${folder(name)}/key.pub`).toString("utf8")] : [];
    return createVerifier({ trust, keys: keys.map((publicKey) => ({ publicKey })) });
  }

  async function run(name: string): Promise<boolean> {
    const own = `${folder(name)}/artifact`;
    const artifact = readReal(existsSync(realPath(own)) ? own : "sigstore-conformance/a.txt");
    const sha256 = createHash("sha256").update(artifact).digest("hex");
    try {
      const bundle = readReal(`${folder(name)}/bundle.sigstore.json`);
      return (await authenticate(conformanceVerifier(name), bundle, { sha256 })).ok;
    } catch (error) {
      // A trust root or key that is itself wrong is the user's matter, and said as an error.
      if (error instanceof SigstoreError) return false;
      throw error;
    }
  }

  test.each(cases)("%s", async (name) => {
    expect(await run(name)).toBe(!name.endsWith("_fail"));
  });

  test.each([
    ["dsse-invalid-sig_fail", "signature broken signature"],
    ["dsse-mismatch-sig_fail", "log broken log-body"],
    ["set-invalid-signature_fail", "log broken log-promise"],
    ["invalid-checkpoint-signature_fail", "log broken log-proof"],
    ["intoto-expired-certificate_fail", "certificate broken certificate-expired"],
    ["invalid-ct-key_fail", "certificate broken sct"],
    ["bundle-from-wrong-instance_fail", "certificate unprovable issuer-ca-unknown"],
    ["bundle-negative-log-index_fail", "bundle unprovable bundle-malformed"],
    ["managed-key-no-key_fail", "signature unprovable key-unknown"],
    ["rekor2-timestamp-payload-mismatch_fail", "timestamp broken timestamp"],
  ])("%s fails the check %s", async (name, verdict) => {
    const sha256 = createHash("sha256").update(readReal("sigstore-conformance/a.txt")).digest("hex");
    const bundle = readReal(`${folder(name)}/bundle.sigstore.json`);
    expect(verdictOf(await authenticate(conformanceVerifier(name), bundle, { sha256 }))).toBe(verdict);
  });
});

describe("a verifier", () => {
  test("loads the trust root with the first proof that needs it, and once", async () => {
    let loads = 0;
    const trust = createTrustSource({ offline: true });
    const counting = createVerifier({ trust: { load: () => ((loads += 1), trust.load()) } });
    await authenticate(counting, "not an attestation");
    expect(loads).toBe(0);
    const envelope = { payloadType: "application/vnd.in-toto+json", payload: "e30=", signatures: [{ sig: "AAAA" }] };
    await authenticate(counting, envelope);
    expect(loads).toBe(0);
  });

  test("throws what is wrong with the trust root instead of blaming the proof", async () => {
    const failing = createVerifier({ trust: { load: () => Promise.reject(new Error("no root")) } });
    const bundle = {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { publicKey: { hint: "k" }, tlogEntries: [] },
      dsseEnvelope: { payloadType: "application/vnd.in-toto+json", payload: "e30=", signatures: [{ sig: "AAAA" }] },
    };
    await expect(authenticate(failing, bundle)).rejects.toMatchObject({ code: "TRUST_ROOT_UNAVAILABLE" });
  });

  test("throws what is wrong with the user's own file as it is", async () => {
    const trust = createTrustSource({ offline: true, trustedRootFile: "/nowhere/root.json" });
    const bundle = {
      mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
      verificationMaterial: { publicKey: { hint: "k" }, tlogEntries: [] },
      dsseEnvelope: { payloadType: "application/vnd.in-toto+json", payload: "e30=", signatures: [{ sig: "AAAA" }] },
    };
    await expect(authenticate(createVerifier({ trust }), bundle)).rejects.toMatchObject({
      code: "TRUST_ROOT_UNREADABLE",
    });
  });

  test("refuses a key that is none, or private, at once and without telling its text", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const secret = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    for (const publicKey of ["c2VjcmV0", secret]) {
      let error: unknown;
      try {
        bundledVerifier([{ publicKey }]);
      } catch (caught) {
        error = caught;
      }
      expect(error).toMatchObject({ name: "SigstoreError", code: "KEY_INVALID" });
      expect(JSON.stringify([String(error), error])).not.toContain(publicKey.slice(-60).trim());
    }
  });
});
