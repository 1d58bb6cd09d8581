import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { beforeAll, describe, expect, test } from "vitest";
import { runClient, toAnswer } from "../src/clients/client.ts";
import { COLOPHON } from "../src/clients/colophon.ts";
import { signWithCosign } from "../src/clients/cosign.ts";
import { sigstorePython } from "../src/clients/sigstore-python.ts";
import { commandOf } from "../src/peers.ts";
import { makeGround, RELEASE, releaseToken, SIGNER, sigstore, SLSA_V1 } from "./ground.ts";

const { gitHubIssuer, signingConfig, trustedRoot, trustedRootLines } = sigstore;
const ground = await makeGround();
const bundle = join(ground.folder, "bundle.json");
const skipped = gitHubIssuer === undefined ? " (skipped: no network namespace, so no issuer of that name)" : "";

describe.skipIf(gitHubIssuer === undefined)(`with GitHub's own issuer and no word about it${skipped}`, () => {
  beforeAll(async () => {
    const token = releaseToken({ ...RELEASE, issuer: gitHubIssuer ?? "" });
    const attest = ["attest-blob", "--statement", ground.statement];
    await signWithCosign(sigstore, attest, { token, signingConfig }, bundle, ground.file);
  });

  const verify = async (repository: string): Promise<{ code: number | null; result: VerifyResult }> => {
    const options = ["--bundle", bundle, "--trusted-root", trustedRoot, "--offline", "--json"];
    const command = [process.execPath, COLOPHON, "verify", ground.file, "--source-repository", repository, ...options];
    const { code, stdout } = await runClient(sigstore, command);
    return { code, result: JSON.parse(stdout) as VerifyResult };
  };

  test("colophon knows the builder: level 2", async () => {
    const { code, result } = await verify("https://github.com/acme/widget");
    expect({ code, result }).toMatchObject({ code: 0, result: { status: "verified", level: 2 } });
  });

  test("colophon refuses another repository", async () => {
    const { code, result } = await verify("https://github.com/acme/gadget");
    expect({ code, check: result.failure?.check }).toEqual({ code: 1, check: "source-repository" });
  });

  const python = ["verify", "github", "--offline", "--bundle", bundle, "--cert-identity", SIGNER.identity];
  const claims = ["--repository", RELEASE.repository, "--ref", RELEASE.ref, "--sha", RELEASE.sha, "--trigger", "push"];
  const cosign = ["verify-blob-attestation", "--type", SLSA_V1, "--trusted-root", trustedRoot, "--bundle", bundle];
  const signer = ["--certificate-identity", SIGNER.identity, "--certificate-oidc-issuer", gitHubIssuer ?? ""];

  test.each([
    [
      "gh",
      [commandOf("gh"), "attestation", "verify", ground.file, "--bundle", bundle, "-R", RELEASE.repository],
      ["--custom-trusted-root", trustedRootLines, "--deny-self-hosted-runners"],
    ],
    ["sigstore-python", [...sigstorePython(sigstore), ...python], [...claims, ground.file]],
    [
      "cosign",
      [commandOf("cosign"), ...cosign, ...signer],
      ["--certificate-github-workflow-trigger", "push", ground.file],
    ],
  ])("%s accepts it by its claims", async (_name, command, more) => {
    expect(toAnswer(await runClient(sigstore, [...command, ...more]))).toEqual({ says: "yes" });
  });
});
