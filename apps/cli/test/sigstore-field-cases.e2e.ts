import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import type { AttestRequest, SigstoreBundle } from "@colophon/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ARTIFACT, COMMIT, openFieldCases, provenanceOf, RUN, told, type FieldCases } from "./field-case.ts";

// Faults that people met with what signs provenance, each as a small input with the right outcome.

let cases: FieldCases;
beforeAll(async () => {
  cases = await openFieldCases();
});
afterAll(async () => {
  await cases.close();
});

async function attest(form: Partial<AttestRequest> = {}): Promise<SigstoreBundle> {
  return await cases.sigstore.attest({ statement: provenanceOf(), identity: RUN, ...form });
}

function makeKey(): { readonly privateKey: KeyObject; readonly pem: string } {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, pem: publicKey.export({ format: "pem", type: "spki" }).toString() };
}

describe("dsse-envelope-acceptance", () => {
  const TYPE = "application/vnd.in-toto+json";
  const PREDICATE = "https://slsa.dev/provenance/v1";
  const statement = JSON.stringify(provenanceOf());
  const { privateKey, pem } = makeKey();
  const random = randomBytes(64).toString("base64");

  function envelope(signatures: unknown, payloadType = TYPE): object {
    return { payloadType, payload: Buffer.from(statement).toString("base64"), signatures };
  }

  function signed(payloadType: string): object {
    const encoded = `DSSEv1 ${payloadType.length} ${payloadType} ${statement.length} ${statement}`;
    const sig = sign("sha256", Buffer.from(encoded), privateKey).toString("base64");
    return envelope([{ keyid: "k", sig }], payloadType);
  }

  /** The certificate is right, and the signature is its key's, of another payload. */
  async function signedElsewhere(): Promise<object> {
    const { verificationMaterial, dsseEnvelope } = await attest({ statement: { ...provenanceOf(), predicate: {} } });
    const der = verificationMaterial.certificate?.rawBytes.replaceAll(/.{64}/g, "$&\n");
    const cert = `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
    return envelope([{ keyid: "", sig: dsseEnvelope?.signatures[0]?.sig, cert }]);
  }

  const a = envelope([]);
  const b = envelope([{ keyid: "", sig: random }]);
  const d = signed(PREDICATE);
  const e = provenanceOf();
  /** Each with its outcome. */
  async function proofs(): Promise<readonly (readonly [object, string])[]> {
    const { dsseEnvelope, ...rest } = await attest();
    return [
      [a, "present signature envelope-unsigned"],
      [b, "present certificate no-verification-material"],
      [await signedElsewhere(), "mismatch signature signature"],
      [d, "present payload-type payload-type"],
      [e, "present signature envelope-unsigned"],
      // Of the same kind: no signature under other spellings and inside a bundle, and more than one.
      [envelope([{ keyid: "", sig: "" }]), "present signature envelope-unsigned"],
      [envelope(null), "present signature envelope-unsigned"],
      [{ ...rest, dsseEnvelope: { ...dsseEnvelope, signatures: [] } }, "present signature envelope-unsigned"],
      [envelope([{ sig: random }, { sig: random }]), "present bundle bundle-malformed"],
    ];
  }

  test("none verifies, by verify or in coverage, and nothing that they claim is shown as a fact", async () => {
    const rows = await proofs();
    const { code, result } = await cases.verifyAny(rows.map(([proof]) => proof));
    expect([code, result.status]).toEqual([1, "mismatch"]);
    expect(result.evidence.map(({ verdict }) => verdict)).toEqual(rows.map(([, outcome]) => outcome.split(" ")[1]));
    expect(result.evidence.filter(({ authenticated }) => authenticated)).toEqual([]);
    const covered = await cases.cover(rows.map(([proof]) => proof));
    expect(covered.map(told)).toEqual(rows.map(([, outcome]) => outcome));
    for (const { source, builder, workflow, level } of [result, ...covered])
      expect({ source, builder, workflow, level }).toEqual({
        source: null,
        builder: null,
        workflow: null,
        level: null,
      });
  });

  test.concurrent.for<readonly [string, () => Promise<object>, boolean, string]>([
    ["a", async () => a, false, "present signature envelope-unsigned"],
    ["b", async () => b, false, "present certificate no-verification-material"],
    ["b, which a key judges,", async () => b, true, "mismatch signature signature"],
    ["c", signedElsewhere, false, "mismatch signature signature"],
    ["d", async () => d, false, "present payload-type payload-type"],
    ["d, with the key that signed it,", async () => d, true, "present payload-type payload-type"],
    ["e", async () => e, false, "present signature envelope-unsigned"],
    ["what a certificate signed, with a key in its place,", attest, true, "mismatch identity identity-differs"],
  ])("%s does not verify", async ([, make, hasKey, outcome], { expect: expectHere }) => {
    const { code, result } = await cases.verify(await make(), ...(hasKey ? ["--key", await cases.write(pem)] : []));
    expectHere([code, told(result)]).toEqual([1, outcome]);
    if (result.failure?.check === "payload-type") expectHere(result.failure.message).toContain(`"${PREDICATE}"`);
  });

  test("the right payload type verifies by the key that signed it", async () => {
    const { code, result } = await cases.verify(signed(TYPE), "--key", await cases.write(pem));
    expect([code, told(result), result.level]).toEqual([0, "verified", 1]);
  });

  test("what is claimed is marked so in words, and hides no proof beside it", async () => {
    const claims = [a, b, await signedElsewhere(), e].map((proof) => JSON.stringify(proof));
    const file = await cases.write(claims.join("\n"), `${ARTIFACT}.intoto.jsonl`);
    const { stdout } = await cases.run("verify", ARTIFACT, "--bundle", file);
    expect(stdout).not.toMatch(/^ {2}(?:source|ref|commit|builder|workflow|predicate|signed) /m);
    expect(stdout.match(/claims to be https:\/\/slsa\.dev/g)).toHaveLength(claims.length);
    expect(stdout).toContain("claims to be signed by https://github.com/acme/widget/");
    const inspected = await cases.run("inspect", file);
    expect(inspected).toMatchObject({ code: 0, stdout: expect.stringContaining("NOT verified") as string });
    const withProof = [...claims, JSON.stringify(await attest())].join("\n");
    expect((await cases.verify(withProof)).code).toBe(0);
  });

  test("a source that is only claimed can accuse, and is told as a claim", async () => {
    const { code, result } = await cases.verify(a, "--source-repository", "https://github.com/acme/other");
    expect([code, told(result)]).toEqual([1, "mismatch source-repository source-repository-differs"]);
    expect(result.failure?.message).toBe("claims, without proof, to be built from another repository");
  });
});

describe("time-of-signing", () => {
  type Material = Partial<SigstoreBundle["verificationMaterial"]>;
  interface Parts {
    readonly entry: Record<string, unknown>;
    readonly material: Material;
    /** The material of another bundle. */
    readonly other: () => Promise<Material>;
  }
  type Alter = (parts: Parts) => unknown;

  const at =
    (time: unknown): Alter =>
    ({ entry }) =>
      (entry["integratedTime"] = time);
  const asNumber: Alter = ({ entry }) => (entry["integratedTime"] = Number(entry["integratedTime"]));
  const unpromised: Alter = ({ entry }) => delete entry["inclusionPromise"];
  const unstamped: Alter = ({ material }) => delete material.timestampVerificationData;
  const stampedElsewhere: Alter = async ({ material, other }) => {
    const { timestampVerificationData } = await other();
    Object.assign(material, { timestampVerificationData });
  };
  const loggedTwice: Alter = async ({ material, other }) =>
    material.tlogEntries?.push(...((await other()).tlogEntries ?? []));

  const NEWER = "rekor-v2-dsse";
  const NO_TIME = "present timestamp no-trusted-time";
  const MALFORMED = "present bundle bundle-malformed";
  const ROWS: readonly (readonly [string, "dsse" | "rekor-v2" | "rekor-v2-dsse", readonly Alter[], string])[] = [
    ["a", NEWER, [at("0")], "verified"],
    ["b", NEWER, [at(undefined)], "verified"],
    ["c", "dsse", [at("1718000000"), unpromised], NO_TIME],
    ["d", "dsse", [asNumber], "verified"],
    ["e", NEWER, [at("0"), unstamped], NO_TIME],
    // Of the same kind.
    ["the other form of the newer log", "rekor-v2", [at(0)], "verified"],
    ["a plain number of the newer log", NEWER, [at("1718000000"), unstamped], NO_TIME],
    ["the right time that nothing vouches for", "dsse", [unpromised], NO_TIME],
    ["a time in the future", "dsse", [at("99999999999"), unpromised], NO_TIME],
    ["a time that no date can hold", "dsse", [at("999999999999999"), unpromised], NO_TIME],
    ["0 in place of what was promised", "dsse", [at("0")], "mismatch log log-promise"],
    ["another time than was promised", "dsse", [at("1718000000")], "mismatch log log-promise"],
    ["an authority's time of another signing", NEWER, [stampedElsewhere], "mismatch timestamp timestamp"],
    ["the log entry of another signing beside its own", "dsse", [loggedTwice], "mismatch log log-body"],
    ["a negative time", NEWER, [at(-1)], MALFORMED],
    ["a fraction", NEWER, [at(1.5)], MALFORMED],
    ["digits with an exponent", NEWER, [at("1e9")], MALFORMED],
  ];

  async function make([, log, alters]: (typeof ROWS)[number]): Promise<SigstoreBundle> {
    const bundle = await attest({ log });
    const { verificationMaterial: material } = bundle;
    const entry = material.tlogEntries[0] as unknown as Record<string, unknown>;
    const other = async (): Promise<Material> => (await attest({ log })).verificationMaterial;
    for (const alter of alters) await alter({ entry, material, other });
    return bundle;
  }

  test("only a time that log or authority vouches for counts, in coverage", async () => {
    const covered = await cases.cover(await Promise.all(ROWS.map(make)));
    expect(covered.map((object, index) => [ROWS[index]?.[0], told(object)])).toEqual(
      ROWS.map(([title, , , outcome]) => [title, outcome]),
    );
  });

  test.concurrent.for(ROWS.slice(0, 5))(
    "%s, by verify, which tells the time that counts",
    async (row, { expect: expectHere }) => {
      const [, log, , outcome] = row;
      const bundle = await make(row);
      const { code, result } = await cases.verify(bundle);
      expectHere([code, told(result)]).toEqual([outcome === "verified" ? 0 : 1, outcome]);
      const { stdout } = await cases.run("inspect", await cases.write(bundle), "--json");
      const { timestamps, logEntries } = (JSON.parse(stdout) as Inspected).attestations[0].summary;
      if (log === NEWER) expectHere(logEntries[0].integratedTime).toBeNull();
      const time = log === NEWER ? timestamps[0] : logEntries[0].integratedTime;
      expectHere(result.signedAt).toBe(outcome === "verified" ? time : undefined);
    },
  );

  interface Inspected {
    readonly attestations: readonly [{ readonly summary: Times }];
  }
  interface Times {
    readonly timestamps: readonly string[];
    readonly logEntries: readonly [{ readonly integratedTime: string | null }];
  }

  test("a key that is given needs no time, and none is then told", async () => {
    const { privateKey: key, pem } = makeKey();
    const request = { statement: provenanceOf(), key, keyId: "" };
    const bundle = await cases.sigstore.attestWithKey({ ...request, log: "rekor-v2" });
    delete bundle.verificationMaterial.timestampVerificationData;
    const { code, result } = await cases.verify(bundle, "--key", await cases.write(pem));
    expect([code, result.status, result.signedAt]).toEqual([0, "verified", undefined]);
    const logged = await cases.sigstore.attestWithKey(request);
    expect((await cases.verify(logged, "--key", await cases.write(pem))).result.signedAt).toMatch(/^20\d\d-/);
  });
});

describe("issuer-with-enterprise-slug", () => {
  const GITHUB = "https://token.actions.githubusercontent.com";
  const slug = `${GITHUB}/acme-corp`;
  const STRANGERS = [
    `${GITHUB}.evil.example/acme-corp`,
    `${GITHUB}/acme/corp`,
    `${GITHUB}/../acme`,
    `${GITHUB}@evil.example/acme`,
    GITHUB.replace("https", "http"),
    `${GITHUB}/`,
    `${slug}/`,
    `${GITHUB}/acme%2fcorp`,
    GITHUB.toUpperCase(),
  ];
  const UNLISTED = "present issuer issuer-unlisted";
  const by = async (issuer: string): Promise<SigstoreBundle> => await attest({ identity: { ...RUN, issuer } });
  const configFor = async (issuer: string): Promise<string> =>
    await cases.write({ trust: { trustedRoot: "trusted-root.json" }, expect: { issuer } }, "issuer.config.json");

  test("an enterprise's issuer verifies with the option, or the configuration line, that its refusal tells", async () => {
    const bundle = await by(slug);
    const { code, result } = await cases.verify(bundle);
    expect([code, told(result), result.failure?.actual]).toEqual([1, UNLISTED, slug]);
    expect(result.failure?.hint).toContain(`--certificate-oidc-issuer ${slug}`);
    expect(result.failure?.hint).toContain(`expect: { issuer: "${slug}" }`);
    const verified = { code: 0, result: { status: "verified", level: 2, source: { commit: COMMIT } } };
    expect(await cases.verify(bundle, "--certificate-oidc-issuer", slug)).toMatchObject(verified);
    expect(await cases.verify(bundle, "--config", await configFor(slug))).toMatchObject(verified);
  });

  test("look-alikes are strangers, and by verify not accepted even by their own name", async () => {
    const bundles = await Promise.all([GITHUB, slug, ...STRANGERS].map(by));
    expect((await cases.cover(bundles)).map(told)).toEqual(["verified", UNLISTED, ...STRANGERS.map(() => UNLISTED)]);
    const { code, result } = await cases.verifyAny(bundles.slice(1));
    expect([code, result.evidence.map(({ verdict }) => verdict)]).toEqual([1, bundles.slice(1).map(() => "issuer")]);
    for (const [index, issuer] of STRANGERS.slice(0, 2).entries()) {
      const named = await cases.verify(bundles[index + 2], "--certificate-oidc-issuer", issuer);
      expect([named.code, told(named.result)]).toEqual([1, UNLISTED]);
    }
  });

  test("an issuer that is named is compared exactly", async () => {
    const bundles = await Promise.all([GITHUB, slug, ...STRANGERS].map(by));
    const covered = await cases.cover(bundles, "--config", await configFor(slug));
    const differs = "mismatch issuer issuer-differs";
    expect(covered.map(told)).toEqual([differs, "verified", ...STRANGERS.map(() => differs)]);
    const other = await cases.verify(bundles[1], "--certificate-oidc-issuer", `${GITHUB}/Acme-Corp`);
    expect([other.code, told(other.result)]).toEqual([1, differs]);
  });
});
