import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { conformance } from "./conformance.ts";

const DATA = join(import.meta.dirname, "../../../../shared/data/sigstore-conformance");
const hasData = existsSync(DATA);
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

const exitOf = async (args: readonly string[]): Promise<number | null> => (await conformance(args)).code;

function argsOf(name: string, by: "path" | "digest"): string[] {
  const file = (part: string): string => join(DATA, name, part);
  const textOf = (part: string, otherwise: string): string =>
    existsSync(file(part)) ? readFileSync(file(part), "utf8").trim() : otherwise;
  const artifact = existsSync(file("artifact")) ? file("artifact") : join(DATA, "a.txt");
  const digest = createHash("sha256").update(readFileSync(artifact)).digest("hex");
  const signer = existsSync(file("key.pub"))
    ? ["--key", file("key.pub")]
    : ["--certificate-identity", textOf("identity", IDENTITY), "--certificate-oidc-issuer", textOf("issuer", ISSUER)];
  const root = existsSync(file("trusted_root.json")) ? ["--trusted-root", file("trusted_root.json")] : [];
  const subject = by === "path" ? artifact : `sha256:${digest}`;
  return ["verify-bundle", "--bundle", file("bundle.sigstore.json"), ...signer, ...root, subject];
}

const names = hasData
  ? readdirSync(DATA, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  : [];
const title = `sigstore-conformance, verify-bundle${hasData ? "" : " (skipped: ../shared/data is absent)"}`;

describe.skipIf(!hasData)(title, () => {
  test("there are 53 cases", () => {
    expect(names).toHaveLength(53);
  });

  test.concurrent.for(names.flatMap((name) => [[name, "path"] as const, [name, "digest"] as const]))(
    "%s by %s",
    async ([name, by], { expect: expectHere }) => {
      expectHere(await exitOf(argsOf(name, by))).toBe(name.endsWith("_fail") ? 1 : 0);
    },
  );
});

test("a command that is not there, or arguments that are not whole, are no verdict", async () => {
  expect(await exitOf(["sign"])).toBe(2);
  expect(await exitOf(["verify-bundle", "--bundle", "x"])).toBe(2);
});
