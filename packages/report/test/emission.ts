import type { Plan, Receipt } from "@colophon/core";

const A = { sha256: "a".repeat(64) };

export const PLAN: Plan = {
  schemaVersion: "1",
  tool: { name: "colophon", version: "1.0.0" },
  predicateType: "https://slsa.dev/provenance/v1",
  level: 2,
  subjects: [
    { name: "a.tgz", digest: A, from: "file", path: "dist/a.tgz" },
    { name: "b\u202e.tgz", digest: A, from: "given" },
  ],
  statements: [
    {
      files: {
        bundle: "provenance.sigstore.json",
        envelope: "provenance.intoto.jsonl",
        draft: "provenance.draft.json",
      },
      subjects: ["a.tgz", "b\u202e.tgz"],
      payload: "{}",
    },
  ],
  warnings: [{ code: "built-locally", message: "built on a machine that nobody vouches for" }],
};

export const RECEIPT: Receipt = {
  schemaVersion: "1",
  tool: PLAN.tool,
  status: "incomplete",
  predicateType: PLAN.predicateType,
  level: 2,
  objects: [
    { name: "a.tgz", digest: A, proven: true, bundle: "a.tgz.sigstore.json" },
    { name: "b\u202e.tgz", digest: A, proven: false, bundle: null },
  ],
  statements: [
    {
      bundle: "a.tgz.sigstore.json",
      digest: "sha256:00",
      subjects: 1,
      status: "sealed",
      signed: "earlier",
      witnesses: [
        { kind: "timestamp", name: "tsa.example" },
        { kind: "log", name: "rekor.example" },
      ],
      deposits: [{ store: "folder", location: "dist/colophon/a.tgz.sigstore.json", status: "proven" }],
    },
    {
      bundle: "b.tgz.sigstore.json",
      digest: null,
      subjects: 1,
      status: "unreachable",
      signed: "now",
      witnesses: [],
      deposits: [],
      reason: { code: "log-unreachable", message: "rekor.example answers 502", hint: "Try again later." },
    },
  ],
  warnings: PLAN.warnings,
  run: { generatedAt: "2026-01-01T00:00:00.000Z", requests: { "rekor.example": { sent: 4, cached: 0, retried: 3 } } },
};
