import { isObject, objectAt, parseStrictJson, stringAt, type PlannedStatement, type Proof } from "@colophon/core";
import { parseWhole, type Whole } from "./earlier.ts";
import type { SealPorts } from "./ports.ts";

/**
 * What an earlier run of the same job, of which nothing else is left, has deposited already: log entries are for ever, so
 * it is not signed again. It has to say the same, but for when it ran, and to be signed by the same key or in the same run.
 */
export async function findDeposited(statement: PlannedStatement, ports: SealPorts): Promise<Whole | undefined> {
  const places = ports.depositoriesOf(statement);
  for (const place of places) {
    for (const proof of (await place.earlier?.()) ?? []) {
      const whole = parseWhole(Buffer.from(proof.bytes).toString("utf8"), ports.witnesses);
      if (whole === undefined || !saysTheSame(whole.envelope.payload, statement.payload)) continue;
      if (await isByTheSame(proof, statement, ports)) return whole;
    }
  }
  return undefined;
}

async function isByTheSame(
  proof: Proof,
  { payload }: PlannedStatement,
  { verifier, signer }: SealPorts,
): Promise<boolean> {
  const answer = await verifier.authenticate(proof);
  if (!answer.ok) return false;
  // The verifier of an emission knows no configured key but its own.
  if (signer.publicKey !== undefined) return answer.signer.kind === "key" && answer.signer.scope === "configured";
  const run = runOf(stringAt(objectAt(runDetailsOf(parse(payload)), "metadata"), "invocationId"));
  return (
    answer.signer.kind === "certificate" && run !== undefined && runOf(answer.signer.claims.runInvocationUri) === run
  );
}

/** A run of a CI, whichever attempt of it; https alone, so that a name made up on a machine is none. */
function runOf(uri: string | undefined): string | undefined {
  return uri?.startsWith("https://") === true ? uri.replace(/\/attempts\/\d+$/, "") : undefined;
}

function saysTheSame(signed: Uint8Array, planned: string): boolean {
  const [one, other] = [Buffer.from(signed).toString("utf8"), planned].map((text) => parse(text));
  return one !== undefined && JSON.stringify(withoutTimes(one)) === JSON.stringify(withoutTimes(other));
}

function withoutTimes(statement: unknown): unknown {
  if (!isObject(statement) || runDetailsOf(statement) === undefined) return statement;
  const { metadata: _, ...runDetails } = runDetailsOf(statement) ?? {};
  return { ...statement, predicate: { ...objectAt(statement, "predicate"), runDetails } };
}

function runDetailsOf(statement: unknown): ReturnType<typeof objectAt> {
  return objectAt(objectAt(statement, "predicate"), "runDetails");
}

function parse(text: string): unknown {
  try {
    return parseStrictJson(text, "the statement");
  } catch {
    return undefined;
  }
}
