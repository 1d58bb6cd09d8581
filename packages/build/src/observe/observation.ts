import { UNTRUSTED_TRIGGERS, type BuildDescription, type Warning } from "@colophon/core";

export function visibilityOf(value: unknown): BuildDescription["visibility"] {
  return value === "public" || value === "private" || value === "internal" ? value : "unknown";
}

/** 2 where the platform hosts the runner and its token vouches for the facts (SLSA v1.2: hosted, authentic), else 1. */
export function levelOf(hosted: boolean, vouched: boolean): 1 | 2 {
  return hosted && vouched ? 2 : 1;
}

/** What must be said of a run on a CI, whichever it is. `hosted` is undefined where nothing tells. */
export function warningsOf(trigger: string, hosted: boolean | undefined, vouched: boolean): Warning[] {
  const warnings: Warning[] = [];
  if (!vouched) {
    const message = "described by the environment alone, which any step can change: SLSA Build level 1 at most";
    warnings.push({ code: "no-token", message });
  }
  if (hosted === false) {
    const message = "built on a runner that the platform is not known to host: SLSA Build level 1 at most";
    warnings.push({ code: "runner-not-hosted", message });
  }
  if (UNTRUSTED_TRIGGERS.has(trigger)) {
    const message = `triggered by ${trigger}, which may run a stranger's code: by default such provenance proves nothing`;
    warnings.push({ code: "trigger-untrusted", message });
  }
  return warnings;
}
