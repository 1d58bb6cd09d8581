import type { KeyObject } from "node:crypto";
import { diagnose, findLogFault } from "./diagnose.ts";
import { isIntotoV001 } from "./intoto-v001.ts";
import { malformed, type Refusal } from "./refusal.ts";
import type { Entity } from "./signed-content.ts";
import type { ReadyInstance } from "./trust-material.ts";

/** The library's checks of an entity, with at least that many log entries; throws where one fails. */
export type Verify = (entity: Entity, logEntries: 0 | 1) => unknown;

/**
 * Runs every check of an entity and names the first that fails, in an order of our own; undefined: none did.
 * The key is asked for only where the library's own answer does not do.
 */
export function verifyEntity(
  entity: Entity,
  key: () => KeyObject,
  instance: ReadyInstance,
  { verify, needsLog }: { readonly verify: Verify; readonly needsLog: boolean },
): Refusal | undefined {
  if (isSound(entity, key, instance, verify)) return undefined;
  return (
    diagnose(entity, key(), instance, needsLog) ??
    malformed("the bundle does not verify, for a reason that cannot be told")
  );
}

function isSound(entity: Entity, key: () => KeyObject, instance: ReadyInstance, verify: Verify): boolean {
  try {
    if (!isIntotoV001(entity)) {
      verify(entity, 1);
      return true;
    }
    // The library knows no such entry: this one is checked here, and the library has all the rest.
    if (findLogFault(entity, key(), instance) !== undefined) return false;
    verify({ ...entity, tlogEntries: [] }, 0);
    return true;
  } catch {
    return false;
  }
}
