import { expect, test } from "vitest";
import type { Receipt } from "@colophon/core";
import { renderPlanText, renderReceiptText } from "../src/index.ts";
import { PLAN, RECEIPT } from "./emission.ts";

const PLAIN = { color: false };

test("a receipt tells what is proven, what is not and why, and what to do", () => {
  expect(renderReceiptText(RECEIPT, PLAIN)).toMatchInlineSnapshot(`
    "? incomplete  1 of 2 objects proven  SLSA Build level 2
      a.tgz.sigstore.json  1 subject, signed by an earlier run, timestamp tsa.example, log rekor.example
        ✓ folder dist/colophon/a.tgz.sigstore.json
      b.tgz.sigstore.json  1 subject, signed
        rekor.example answers 502 (log-unreachable)
        → Try again later.
      not proven: b\\u202e.tgz
      → Run the same command again: it finishes what is missing, and signs nothing twice.
      Note: built on a machine that nobody vouches for
    "
  `);
});

test("a receipt of what is all proven has no more to tell", () => {
  const objects = RECEIPT.objects.filter(({ proven }) => proven);
  const sealed = {
    ...RECEIPT,
    status: "sealed" as const,
    objects,
    statements: RECEIPT.statements.slice(0, 1),
    warnings: [],
  };
  expect(renderReceiptText(sealed, PLAIN)).toMatchInlineSnapshot(`
    "✓ sealed  1 of 1 objects proven  SLSA Build level 2
      a.tgz.sigstore.json  1 subject, signed by an earlier run, timestamp tsa.example, log rekor.example
        ✓ folder dist/colophon/a.tgz.sigstore.json
    "
  `);
});

test("a plan tells what would be signed", () => {
  expect(renderPlanText(PLAN, PLAIN)).toMatchInlineSnapshot(`
    "https://slsa.dev/provenance/v1  SLSA Build level 2
      provenance.sigstore.json
        a.tgz sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        b\\u202e.tgz sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
      Note: built on a machine that nobody vouches for
    "
  `);
});

test("a receipt tells what became of each package", () => {
  const digest = { sha256: "a".repeat(64) };
  const packages: Receipt = {
    ...RECEIPT,
    status: "refused",
    objects: [
      {
        name: "pkg:npm/a@1.0.0",
        digest,
        proven: true,
        bundle: "a-1.0.0.tgz.sigstore.json",
        published: { status: "now", digestFrom: "registry-bytes", provenance: "proven" },
      },
      {
        name: "pkg:npm/b@1.0.0",
        digest,
        proven: false,
        bundle: null,
        published: { status: "not", digestFrom: "file" },
        reason: { code: "version-taken", message: "b@1.0.0 is published already", hint: "Raise the version." },
      },
    ],
    statements: [],
    warnings: [],
  };
  expect(renderReceiptText(packages, PLAIN)).toMatchInlineSnapshot(`
    "✗ refused  1 of 2 objects proven  SLSA Build level 2
      ✓ pkg:npm/a@1.0.0  published, provenance read back from the registry
      ✗ pkg:npm/b@1.0.0  not published
        b@1.0.0 is published already (version-taken)
        → Raise the version.
      not proven: pkg:npm/b@1.0.0
    "
  `);
});
