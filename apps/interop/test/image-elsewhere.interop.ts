import { join } from "node:path";
import type { VerifyResult } from "@colophon/core";
import { test } from "vitest";
import { runClient, runPeer } from "../src/clients/client.ts";
import { attestWithColophon, COLOPHON } from "../src/clients/colophon.ts";
import { makeCosignKey } from "../src/clients/cosign.ts";
import { makeGround, sigstore } from "./ground.ts";
import { ASKED, copyLayout, makeLayout, startBeside } from "./images.ts";

const { folder, predicate } = await makeGround();
const image = await makeLayout(folder);
const key = await makeCosignKey(sigstore, join(folder, "cosign"));
const PASSWORD = { COLOPHON_KEY_PASSWORD: "loopback", COSIGN_PASSWORD: "loopback" };
const hosts = startBeside(ASKED);

/** Status of the image, where its attestations are looked for in that repository too. */
async function verify(reference: string, elsewhere?: string): Promise<string> {
  const options = ["--key", key.publicKey, "--trusted-root", sigstore.trustedRoot, "--json"];
  const command = [process.execPath, COLOPHON, "verify", `oci://${reference}`, ...options];
  const env: Record<string, string> = elsewhere === undefined ? {} : { COSIGN_REPOSITORY: elsewhere };
  const { stdout } = await runClient(sigstore, command, env);
  return (JSON.parse(stdout) as VerifyResult).status;
}

async function cosign(elsewhere: string, ...args: readonly string[]): Promise<void> {
  const env = { ...PASSWORD, COSIGN_REPOSITORY: elsewhere };
  await runPeer(sigstore, "cosign", [...args, "--type", "slsaprovenance1"], { env });
}

const SIGN = ["--key", key.privateKey, "--signing-config", sigstore.noServices, "--trusted-root", sigstore.trustedRoot];

for (const isMissing of [false, true]) {
  const registries = ASKED.filter((one) => one.isMissing === isMissing);
  const check = test.skipIf(isMissing).concurrent;

  check.for(registries)(
    "attestations that we keep in a repository of their own are found by that name on $name $skipped",
    async ({ name, ways }, { expect: it }) => {
      const [home, elsewhere] = [`${hosts.get(name)}/acme/ours`, `${hosts.get(name)}/acme/kept-by-us`];
      await copyLayout(`${image.folder}:${image.tag}`, `${home}:${image.tag}`);
      const reference = `${home}@${image.digest}`;
      const what = [`oci://${reference}`, "--deposit", `oci=${elsewhere}`, "--key", key.privateKey];
      const { status } = await attestWithColophon(sigstore, folder, [...what, "--output-dir", name], PASSWORD);
      it(status).toBe("sealed");
      it([await verify(reference), await verify(reference, elsewhere)]).toEqual(["missing", "verified"]);
      // It takes 405 for a fault.
      if (ways.referrers === 405) return;
      await cosign(elsewhere, "verify-attestation", "--key", key.publicKey, "--insecure-ignore-tlog", reference);
    },
  );

  check.for(registries.filter(({ ways }) => ways.referrers !== 405))(
    "attestations that cosign keeps in a repository of their own are found by that name on $name $skipped",
    async ({ name }, { expect: it }) => {
      const [home, elsewhere] = [`${hosts.get(name)}/acme/theirs`, `${hosts.get(name)}/acme/kept-by-cosign`];
      await copyLayout(`${image.folder}:${image.tag}`, `${home}:${image.tag}`);
      const reference = `${home}@${image.digest}`;
      await cosign(elsewhere, "attest", "--yes", ...SIGN, "--predicate", predicate, reference);
      it([await verify(reference), await verify(reference, elsewhere)]).toEqual(["missing", "verified"]);
    },
  );
}
