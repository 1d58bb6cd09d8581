import { X509Certificate as NodeCertificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startSigstore, type EmbeddedSigstore, type GitHubIdentity, type NamedIdentity } from "../../src/index.ts";
// The certificate library needs reflect-metadata, which the kit has loaded by now.
import { X509Certificate } from "@peculiar/x509";

const generator = "slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0";
const identity: GitHubIdentity = {
  repository: "acme/widget",
  repositoryId: "101",
  ownerId: "202",
  ref: "refs/tags/v1.0.0",
  sha: "a".repeat(40),
  workflow: ".github/workflows/release.yml",
  trigger: "push",
  runner: "github-hosted",
  runId: "42",
};

let sigstore: EmbeddedSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());

async function certify(who: GitHubIdentity | NamedIdentity) {
  const bundle = await sigstore.attest({ statement: {}, identity: who });
  const certificate = new X509Certificate(bundle.verificationMaterial.certificate?.rawBytes ?? "");
  const names = new NodeCertificate(Buffer.from(certificate.rawData)).subjectAltName;
  const extensions = new Map(
    certificate.extensions.flatMap(({ type, value }) => {
      const [, arc] = /^1\.3\.6\.1\.4\.1\.57264\.1\.(\d+)$/u.exec(type) ?? [];
      return arc === undefined ? [] : [[Number(arc), Buffer.from(value)] as const];
    }),
  );
  const text = (arc: number) => extensions.get(arc)?.toString();
  /** The text of a DER UTF8String of fewer than 128 bytes, or of one with a one-byte length. */
  const utf8 = (arc: number) => {
    const der = extensions.get(arc) ?? Buffer.of();
    expect(der[0] ?? 12).toBe(12);
    return der.subarray(der[1] === 0x81 ? 3 : 2).toString();
  };
  return { certificate, names, extensions, text, utf8 };
}

describe("certificates", () => {
  test("hold the claims of a GitHub run as Fulcio writes them", async () => {
    const { names, text, utf8 } = await certify(identity);
    const workflow = "https://github.com/acme/widget/.github/workflows/release.yml@refs/tags/v1.0.0";
    const issuer = "https://token.actions.githubusercontent.com";
    expect(names).toBe(`URI:${workflow}`);
    expect([1, 2, 3, 4, 5, 6].map(text)).toEqual([
      issuer,
      "push",
      identity.sha,
      ".github/workflows/release.yml",
      "acme/widget",
      "refs/tags/v1.0.0",
    ]);
    expect([8, 9, 10, 11, 12, 13, 14, 15].map(utf8)).toEqual([
      issuer,
      workflow,
      identity.sha,
      "github-hosted",
      "https://github.com/acme/widget",
      identity.sha,
      "refs/tags/v1.0.0",
      "101",
    ]);
    expect([16, 17, 18, 19, 20, 21, 22].map(utf8)).toEqual([
      "https://github.com/acme",
      "202",
      workflow,
      identity.sha,
      "push",
      "https://github.com/acme/widget/actions/runs/42/attempts/1",
      "public",
    ]);
  });

  test("name the reusable workflow that signs, beside the one that was started", async () => {
    const { names, utf8 } = await certify({ ...identity, signerWorkflow: generator });
    expect(names).toBe(`URI:https://github.com/${generator}`);
    expect(utf8(9)).toBe(`https://github.com/${generator}`);
    expect(utf8(10)).not.toBe(identity.sha);
    expect(utf8(10)).toMatch(/^[0-9a-f]{40}$/u);
    expect(utf8(18)).toContain("acme/widget/.github/workflows/release.yml@");
  });

  test("follow issuer, runner and visibility as told", async () => {
    const issuer = "https://token.actions.githubusercontent.com/acme";
    const { text, utf8 } = await certify({ ...identity, issuer, runner: "self-hosted", visibility: "private" });
    expect([text(1), utf8(8), utf8(11), utf8(22)]).toEqual([issuer, issuer, "self-hosted", "private"]);
  });

  test("have ids that differ by repository and stay the same from run to run", async () => {
    const { repositoryId: _id, ownerId: _owner, ...nameless } = identity;
    const first = await certify(nameless);
    const again = await certify({ ...nameless, runId: "43" });
    const other = await certify({ ...nameless, repository: "mallory/widget" });
    expect(first.utf8(15)).toMatch(/^\d+$/u);
    expect([again.utf8(15), again.utf8(17)]).toEqual([first.utf8(15), first.utf8(17)]);
    expect(other.utf8(15)).not.toBe(first.utf8(15));
    expect(other.utf8(17)).not.toBe(first.utf8(17));
  });

  test("hold a named identity, its issuer twice, and the extensions given, and nothing of GitHub", async () => {
    const who = {
      issuer: "https://id.acme.example",
      subject: "https://ci.acme.example/release",
      extensions: { "1.3.6.1.4.1.57264.1.12": "https://git.acme.example/widget" },
    };
    const { names, extensions, text, utf8 } = await certify(who);
    expect(names).toBe(`URI:${who.subject}`);
    expect([...extensions.keys()].toSorted((a, b) => a - b)).toEqual([1, 8, 12]);
    expect([text(1), utf8(8), utf8(12)]).toEqual([who.issuer, who.issuer, "https://git.acme.example/widget"]);
  });

  test("live for ten minutes", async () => {
    const { certificate } = await certify(identity);
    expect(certificate.notAfter.getTime() - certificate.notBefore.getTime()).toBe(600_000);
  });
});
