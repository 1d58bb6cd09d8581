import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ASN1Obj, X509Certificate } from "@sigstore/core";
import type { SignerIdentity } from "@colophon/core";
import { readSigner } from "../src/certificate.ts";
import { valueAt } from "./alter.ts";
import { IDENTITY, startEmbedded, STATEMENT, type Embedded } from "./embedded.ts";
import { hasRealData, readReal, WITH_REAL_DATA } from "./real-data.ts";

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(async () => {
  await embedded.close();
});

type Identity = Parameters<Embedded["sigstore"]["attest"]>[0]["identity"];

async function issue(identity: Identity): Promise<Buffer<ArrayBuffer>> {
  const bundle = await embedded.sigstore.attest({ statement: STATEMENT, identity });
  return Buffer.from(String(valueAt(bundle, "verificationMaterial.certificate.rawBytes")), "base64");
}

async function signerOf(identity: Identity): Promise<SignerIdentity | undefined> {
  return readSigner(X509Certificate.parse(await issue(identity)));
}

test("reads every claim of GitHub's certificate", async () => {
  const signerWorkflow = "acme/builder/.github/workflows/build.yml@refs/tags/v2.0.0";
  expect(await signerOf({ ...IDENTITY, signerWorkflow })).toEqual({
    kind: "certificate",
    issuer: "https://token.actions.githubusercontent.com",
    subject: `https://github.com/${signerWorkflow}`,
    claims: {
      buildSignerUri: `https://github.com/${signerWorkflow}`,
      buildSignerDigest: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      runnerEnvironment: "github-hosted",
      sourceRepositoryUri: "https://github.com/acme/widget",
      sourceRepositoryDigest: "a".repeat(40),
      sourceRepositoryRef: "refs/tags/v1.2.3",
      sourceRepositoryId: "1001",
      sourceRepositoryOwnerUri: "https://github.com/acme",
      sourceRepositoryOwnerId: "77",
      buildConfigUri: "https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1.2.3",
      buildConfigDigest: "a".repeat(40),
      buildTrigger: "push",
      runInvocationUri: "https://github.com/acme/widget/actions/runs/5001/attempts/1",
      sourceRepositoryVisibility: "public",
    },
  });
});

test("keeps the issuer of an enterprise as it is", async () => {
  const issuer = "https://token.actions.githubusercontent.com/acme-inc";
  expect(await signerOf({ ...IDENTITY, issuer })).toMatchObject({ issuer });
});

test("has no claims where the certificate has none", async () => {
  const identity = { issuer: "https://id.example", subject: "https://ci.example/release" };
  expect(await signerOf(identity)).toEqual({ kind: "certificate", ...identity, claims: {} });
});

describe("a certificate changed in its DER", () => {
  /** Keeps the lengths, so that the structure stays whole; nothing here looks at the signature. */
  function replace(der: Buffer<ArrayBuffer>, from: Buffer, to: Buffer): X509Certificate {
    const at = der.indexOf(from);
    if (at < 0 || from.length !== to.length) throw new Error("nothing to replace");
    const copy = Buffer.from(der);
    copy.set(to, at);
    return X509Certificate.parse(copy);
  }

  const oid = (last: number): Buffer => Buffer.from([0x06, 0x0a, 0x2b, 6, 1, 4, 1, 0x83, 0xbf, 0x30, 1, last]);

  test("leaves out a claim that is no UTF8String", async () => {
    const text = Buffer.from("push");
    const [utf8, printable] = [0x0c, 0x13].map((tag) => Buffer.concat([Buffer.from([tag, text.length]), text]));
    if (utf8 === undefined || printable === undefined) throw new Error("unreachable");
    const signer = readSigner(replace(await issue({ ...IDENTITY, issuer: "https://id.example" }), utf8, printable));
    expect(signer).not.toHaveProperty("claims.buildTrigger");
    expect(signer).toHaveProperty("claims.runnerEnvironment", "github-hosted");
  });

  test("reads the older claims where the newer are absent, for GitHub alone", async () => {
    const hidden = async (issuer: object): Promise<SignerIdentity | undefined> =>
      readSigner(replace(await issue({ ...IDENTITY, ...issuer }), oid(12), oid(99)));
    expect(await hidden({})).toHaveProperty("claims.sourceRepositoryUri", "https://github.com/acme/widget");
    expect(await hidden({ issuer: "https://id.example" })).not.toHaveProperty("claims.sourceRepositoryUri");
  });

  test("names nobody without a subject of a known kind", async () => {
    const der = await issue(IDENTITY);
    const at = der.indexOf(Buffer.from("https://github.com/acme/widget/.github"));
    const copy = Buffer.from(der);
    const tag = copy.lastIndexOf(0x86, at);
    expect(at - tag).toBeLessThan(4);
    copy[tag] = 0x82;
    expect(readSigner(X509Certificate.parse(copy))).toBeUndefined();
  });
});

describe("a certificate that an authority should not issue", () => {
  /** As much of a certificate as is read: extensions by the last part of their OID. */
  function certificate(extensions: Readonly<Record<string, Buffer>>): X509Certificate {
    const found = ({ value }: { value: Buffer<ArrayBuffer> }): object => ({
      value,
      valueObj: ASN1Obj.parseBuffer(value),
    });
    const extension = (oid: string): object | undefined => {
      const value = extensions[oid.split(".").at(-1) ?? ""];
      return value && found({ value: der(0x04, Buffer.from(value)) });
    };
    return { extension } as unknown as X509Certificate;
  }
  const der = (tag: number, content: Uint8Array): Buffer<ArrayBuffer> =>
    Buffer.concat([Buffer.from([tag, content.length]), content]);
  const uri = (text: string): Buffer => der(0x86, Buffer.from(text));
  const names = (...all: Buffer[]): Buffer => der(0x30, Buffer.concat(all));
  const issuer = der(0x0c, Buffer.from("https://id.example"));

  test("names somebody with one subject", () => {
    const signer = readSigner(certificate({ 8: issuer, 17: names(uri("https://ci.example")) }));
    expect(signer).toMatchObject({ issuer: "https://id.example", subject: "https://ci.example" });
  });

  test.each<[string, Readonly<Record<string, Buffer>>]>([
    ["two subjects", { 8: issuer, 17: names(uri("https://a.example"), uri("https://b.example")) }],
    ["no subject", { 8: issuer }],
    ["a subject that is not UTF-8", { 8: issuer, 17: names(der(0x86, Buffer.from([0xff]))) }],
    ["an empty issuer", { 8: der(0x0c, Buffer.alloc(0)), 17: names(uri("https://a.example")) }],
    ["two issuers in one", { 8: Buffer.concat([issuer, issuer]), 17: names(uri("https://a.example")) }],
  ])("names nobody with %s", (_title, extensions) => {
    expect(readSigner(certificate(extensions))).toBeUndefined();
  });
});

describe.skipIf(!hasRealData)(`a certificate of early 2023 ${WITH_REAL_DATA}`, () => {
  test("has GitHub's older claims", () => {
    const answer: unknown = JSON.parse(
      readReal("slsa-verifier/npm-malformed/npm-attestations.intoto.sigstore").toString("utf8"),
    );
    const path = "attestations.0.bundle.verificationMaterial.x509CertificateChain.certificates.0.rawBytes";
    const der = Buffer.from(String(valueAt(answer as object, path)), "base64");
    expect(readSigner(X509Certificate.parse(der))).toEqual({
      kind: "certificate",
      issuer: "https://token.actions.githubusercontent.com",
      subject: "https://github.com/laurentsimon/provenance-npm-test/.github/workflows/release.yml@refs/heads/main",
      claims: {
        buildTrigger: "workflow_dispatch",
        sourceRepositoryDigest: "16babffb9153811e193c019939391357372b25ce",
        sourceRepositoryUri: "https://github.com/laurentsimon/provenance-npm-test",
        sourceRepositoryRef: "refs/heads/main",
      },
    });
  });
});
