import type { KeyObject } from "node:crypto";
import { findIntotoV001Fault, isIntotoV001 } from "./intoto-v001.ts";
import { malformed, refuse, type Refusal } from "./refusal.ts";
import type { Entity } from "./signed-content.ts";
import { isFromKnownAuthority, isKnownLog, isKnownTimestampAuthority, type ReadyInstance } from "./trust-material.ts";

/**
 * Names what is wrong with a signed entity that `@sigstore/verify` refused. Its own order (time, key, log,
 * signature) reports an altered envelope as a fault of the log; here each check runs by itself, and the
 * envelope's own signature comes first. Undefined: nothing was found.
 */
export function diagnose(
  entity: Entity,
  key: KeyObject,
  instance: ReadyInstance,
  needsLog: boolean,
): Refusal | undefined {
  if (!entity.signature.verifySignature(key)) return signatureRefusal();
  return (
    findUnknownAuthority(entity, instance) ??
    (needsLog && entity.tlogEntries.length === 0 ? logEntryMissing(entity.timestamps.length > 0) : undefined) ??
    findLogFault(entity, key, instance) ??
    findTimeFault(entity, key, instance) ??
    findKeyFault(entity, instance)
  );
}

export function signatureRefusal(): Refusal {
  return refuse("signature", "broken", "signature", "the signature does not verify: content or signature was altered", {
    hint: "Fetch the attestation again; if it stays so, it was tampered with or damaged.",
  });
}

function findUnknownAuthority({ key }: Entity, instance: ReadyInstance): Refusal | undefined {
  if (key.$case !== "certificate" || isFromKnownAuthority(key.certificate, instance.material)) return undefined;
  return unknownAuthority();
}

export function unknownAuthority(): Refusal {
  return refuse(
    "certificate",
    "unprovable",
    "issuer-ca-unknown",
    "the certificate was not issued by a certificate authority of the trust root",
    { hint: "It may be of another Sigstore instance: give that instance's trusted root." },
  );
}

export function logEntryMissing(isTimed = false): Refusal {
  const lacking = isTimed ? "nothing shows that the signing was logged" : "nothing proves the signing time";
  return refuse("log", "unprovable", "log-entry-missing", `there is no log entry, so ${lacking}`, {
    hint: "Attach the Sigstore bundle, which holds the log entry, rather than the bare envelope.",
  });
}

/** The log's part alone: the key is taken as given, and no time is asked for. */
export function findLogFault(entity: Entity, key: KeyObject, instance: ReadyInstance): Refusal | undefined {
  if (!entity.tlogEntries.every((entry) => isKnownLog(entry, instance.material))) {
    return refuse("log", "unprovable", "log-unknown", "the log entry is of a log that the trust root does not hold", {
      hint: "It may be of another Sigstore instance, or of a newer log: give its trusted root, or update the bundled one.",
    });
  }
  if (isIntotoV001(entity)) return findIntotoV001Fault(entity, key, instance.material, instance.core);
  return attempt(entity, key, instance, { timestamps: [] }, (code, message) => {
    const name = LOG_CODES[code] ?? "log-entry";
    const kind = message.startsWith("unsupported") ? "unprovable" : "broken";
    return refuse("log", kind, name, `the log entry does not verify: ${message}`);
  });
}

const LOG_CODES: Readonly<Record<string, string>> = {
  TLOG_INCLUSION_PROOF_ERROR: "log-proof",
  TLOG_INCLUSION_PROMISE_ERROR: "log-promise",
  TLOG_MISSING_INCLUSION_ERROR: "log-inclusion-missing",
  TLOG_BODY_ERROR: "log-body",
};

function findTimeFault(entity: Entity, key: KeyObject, instance: ReadyInstance): Refusal | undefined {
  for (const timestamp of entity.timestamps) {
    if (timestamp.$case !== "timestamp-authority" || isKnownTimestampAuthority(timestamp, instance.material)) continue;
    return refuse(
      "timestamp",
      "unprovable",
      "timestamp-authority-unknown",
      "the timestamp is of an authority that the trust root does not hold",
      { hint: "It may be of another Sigstore instance: give that instance's trusted root." },
    );
  }
  if (provenTimes(entity).length === 0) {
    return refuse(
      "timestamp",
      "unprovable",
      "no-trusted-time",
      "nothing vouches for the signing time: no inclusion promise and no timestamp of an authority",
      { hint: "Sign with a timestamp authority; a log entry's time counts only with the log's promise." },
    );
  }
  return attempt(entity, key, instance, { tlogEntries: [] }, (_code, message) =>
    refuse("timestamp", "broken", "timestamp", `the timestamp does not verify: ${message}`),
  );
}

interface ProvenTime {
  readonly from: "log" | "authority";
  readonly date: Date;
}

/** Times that count, provided that log entries and timestamps verify: a plain number in an entry does not. */
export function provenTimes(entity: Pick<Entity, "timestamps">): readonly ProvenTime[] {
  return entity.timestamps.flatMap((timestamp): readonly ProvenTime[] => {
    if (timestamp.$case === "timestamp-authority") {
      return [{ from: "authority", date: timestamp.timestamp.signingTime }];
    }
    const { inclusionPromise, integratedTime } = timestamp.tlogEntry;
    return inclusionPromise ? [{ from: "log", date: new Date(Number(integratedTime) * 1000) }] : [];
  });
}

/** Log and time hold, so the key or certificate was not valid then, or was not logged. */
function findKeyFault(entity: Entity, instance: ReadyInstance): Refusal | undefined {
  const times = provenTimes(entity).map(({ date }) => date);
  const shown = times.map((time) => time.toISOString()).join(", ");
  if (entity.key.$case === "public-key") {
    return refuse("certificate", "broken", "key-not-valid", `the key was not valid at the signing time ${shown}`);
  }
  const { certificate } = entity.key;
  if (!times.every((time) => certificate.validForDate(time))) {
    const valid = `${certificate.notBefore.toISOString()} to ${certificate.notAfter.toISOString()}`;
    const message = `the certificate was valid from ${valid}, and not at the signing time ${shown}`;
    return refuse("certificate", "broken", "certificate-expired", message);
  }
  try {
    instance.keyless(1).verify(entity);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    if (!message.includes("SCT")) {
      const why = `no authority of the trust root vouches for the certificate at the signing time ${shown}`;
      return refuse("certificate", "broken", "certificate-chain", why);
    }
    return refuse("certificate", "broken", "sct", `the certificate's own log entry does not verify: ${message}`);
  }
}

/** Runs a part of the checks; what the library does not raise itself comes from data that it stumbled over. */
function attempt(
  entity: Entity,
  publicKey: KeyObject,
  instance: ReadyInstance,
  part: Partial<Entity>,
  toRefusal: (code: string, message: string) => Refusal,
): Refusal | undefined {
  const verifier = instance.withKey({ publicKey, validFor: () => true }, { tlogThreshold: 0, timestampThreshold: 0 });
  try {
    verifier.verify({ ...entity, ...part, key: { $case: "public-key", hint: "" } });
    return undefined;
  } catch (error) {
    // The library repeats the entry's own words in whole.
    if (error instanceof Error && "code" in error) return toRefusal(String(error.code), error.message.slice(0, 200));
    return malformed("a log entry or timestamp holds a part that cannot be read");
  }
}
