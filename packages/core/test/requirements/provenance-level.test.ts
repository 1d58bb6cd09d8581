import { describe, expect, test } from "vitest";
import type { Requirement, Verdict } from "../../src/index.ts";
import { projectProvenanceLevelV01, provenanceLevelV01 } from "../../src/requirements/provenance-level.ts";
import { failed, good, judgeCases, provenance, signer } from "../judge/world.ts";

const verified = judgeCases([{ authentication: good(provenance(), signer()) }]);
const at = (level: number | null, change: Partial<Verdict> = {}): Verdict => ({ ...verified, level, ...change });
const missing = judgeCases([]);

describe("provenanceLevelV01", () => {
  test.each<[string, Verdict, number]>([
    ["a hosted, hardened builder", at(3), 3],
    ["a hosted builder", at(2), 2],
    ["a builder of one's own", at(1), 1],
    ["a builder worth nothing", at(0), 1],
    ["level 3, the entry point not told", at(3, { workflow: null }), 2],
    ["level 3, no source told", at(3, { source: null }), 1],
    ["level 3, a source without repository", at(3, { source: { ref: "refs/heads/main" } }), 1],
    ["verified by another predicate", at(null), 0],
    ["nothing", missing, 0],
    ["a broken proof", judgeCases([{ authentication: failed() }]), 0],
    ["a proof that is there only", at(3, { status: "present" }), 0],
    ["a proof that could not be looked up", at(3, { status: "unknown" }), 0],
    ["more than the table knows", at(4), 3],
  ])("%s: level %i", (_, verdict, level) => {
    expect(provenanceLevelV01(verdict)).toBe(level);
  });

  test("is what the judged proof of a tenant's workflow is worth", () => {
    expect(provenanceLevelV01(verified)).toBe(2);
  });

  test("asks every gating row of every level up to it", () => {
    const row = (levels: Requirement["levels"], id = "never-met"): Requirement => ({
      spec: "0.1",
      id,
      group: "content",
      title: "",
      definition: "",
      levels,
    });
    expect(provenanceLevelV01(at(3), [row({ 3: "justified" })])).toBe(2);
    expect(provenanceLevelV01(at(3), [row({ 1: "18-months" })])).toBe(0);
    expect(provenanceLevelV01(at(3), [row({ 1: "recommended", 4: "required" })])).toBe(3);
    expect(provenanceLevelV01(at(1), [row({ 2: "required" }, "authenticated")])).toBe(3);
  });
});

describe("projectProvenanceLevelV01", () => {
  test.each<[string, Verdict[], number | null]>([
    ["nothing published", [], null],
    ["one object", [at(2)], 2],
    ["the least of several", [at(3), at(1), at(2)], 1],
    ["one object without provenance", [at(3), at(3), missing], 0],
    ["all at the highest", [at(3), at(3)], 3],
  ])("%s", (_, verdicts, level) => {
    expect(projectProvenanceLevelV01(verdicts)).toBe(level);
  });
});
