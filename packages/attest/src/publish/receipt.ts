import type { NotDone, Plan, Publication, Receipt, ReceiptObject, ReceiptPublication } from "@colophon/core";
import type { Published } from "./publish.ts";

/** What is known of a package at the end. */
export interface Outcome extends Published {
  readonly provenance?: { readonly status: "proven" } | NotDone;
}

/** N published are N proven, or the receipt says which are not and why. `sealed`: the receipt of what was signed. */
export function receiptOfRelease(plan: Plan, outcomes: ReadonlyMap<Publication, Outcome>, sealed: Receipt): Receipt {
  const sealedObjects = new Map(sealed.objects.map((one) => [one.name, one]));
  const byId = new Map([...outcomes].map(([{ id }, outcome]) => [id as string, outcome]));
  const objects = plan.subjects.map(({ name, digest }): ReceiptObject => {
    const before = sealedObjects.get(name) ?? { name, digest, proven: false, bundle: null };
    const outcome = byId.get(name);
    return outcome === undefined ? before : toObject(before, outcome);
  });
  const failures = [...outcomes.values()].flatMap(failuresOf);
  const has = (status: NotDone["status"]): boolean => failures.some((one) => one.status === status);
  const status =
    sealed.status === "refused" || has("refused")
      ? "refused"
      : sealed.status === "incomplete" || has("unreachable")
        ? "incomplete"
        : "sealed";
  return { ...sealed, status, objects, warnings: plan.warnings };
}

function failuresOf({ failure, provenance }: Outcome): NotDone[] {
  return [failure, provenance].flatMap((one) => (one === undefined || one.status === "proven" ? [] : [one]));
}

function toObject(before: ReceiptObject, outcome: Outcome): ReceiptObject {
  const { status, served, provenance } = outcome;
  const published: ReceiptPublication = {
    status,
    digestFrom: served?.from ?? "file",
    ...(provenance === undefined ? {} : { provenance: provenance.status }),
  };
  const [reason] = failuresOf(outcome).map((one) => one.reason);
  const digest = served?.digest ?? before.digest;
  return { ...before, digest, published, ...(reason === undefined ? {} : { reason, proven: false }) };
}
