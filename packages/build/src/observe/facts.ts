import type { JsonObject } from "@colophon/core";
import { BuildError, quote, type BuildErrorCode } from "../error.ts";
import { variable, type Env } from "../platform.ts";

/** What a run is known by: a claim of its token (the key in a table of these), and a variable of its environment. */
export interface Fact {
  readonly variable: string;
  readonly form: RegExp;
}

export type Facts<K extends string> = Readonly<Record<K, string>>;

const LONGEST = 1024;

/** Reads every claim of the table. Throws `token-claims` with the first that is absent or malformed. */
export function factsOfClaims<K extends string>(table: Readonly<Record<K, Fact>>, claims: JsonObject): Facts<K> {
  return read(table, (claim) => ({ value: textOf(claims[claim]), name: `the token's claim ${claim}` }), "token-claims");
}

/** Reads the same of the environment alone. Throws `environment-invalid`. */
export function factsOfEnvironment<K extends string>(table: Readonly<Record<K, Fact>>, env: Env): Facts<K> {
  const told = (claim: K): Told => ({ value: variable(env, table[claim].variable), name: table[claim].variable });
  return read(table, told, "environment-invalid");
}

/** Holds each variable that is set against the fact. Throws `environment-differs`, naming the variable. */
export function checkEnvironment<K extends string>(
  table: Readonly<Record<K, { readonly variable: string }>>,
  facts: Facts<K>,
  env: Env,
): void {
  for (const claim of keysOf(table)) {
    const { variable: name } = table[claim];
    const value = variable(env, name);
    if (value === undefined || value === facts[claim]) continue;
    throw new BuildError(
      "environment-differs",
      `${name} is ${quote(value)}, but the token says ${quote(facts[claim])}`,
      {
        hint: `Leave ${name} as the platform sets it, and use the token of this very job.`,
      },
    );
  }
}

interface Told {
  readonly value: string | undefined;
  readonly name: string;
}

function read<K extends string>(
  table: Readonly<Record<K, Fact>>,
  told: (claim: K) => Told,
  code: BuildErrorCode,
): Facts<K> {
  const facts = keysOf(table).map((claim) => {
    const { value, name } = told(claim);
    if (value === undefined) throw new BuildError(code, `${name} is not there`, { hint: hintOf(code) });
    if (value.length > LONGEST || !table[claim].form.test(value)) {
      throw new BuildError(code, `${name} is ${quote(value)}, which is not of its form`, { hint: hintOf(code) });
    }
    return [claim, value] as const;
  });
  return Object.fromEntries(facts) as Facts<K>;
}

function hintOf(code: BuildErrorCode): string {
  return code === "token-claims"
    ? "Use the token that the CI gives to this job."
    : "The platform sets it; hand it on to the step, container or task that attests.";
}

function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(table) as K[];
}

/** GitLab has some ids as numbers. */
function textOf(claim: unknown): string | undefined {
  if (typeof claim === "string") return claim;
  return typeof claim === "number" ? String(claim) : undefined;
}
