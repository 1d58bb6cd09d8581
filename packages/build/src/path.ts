import { posix } from "node:path";

/** Absolute as any system writes it. */
export function isAbsolute(path: string): boolean {
  return /^(?:\/|\\|[A-Za-z]:)/.test(path);
}

/** Whether a relative path stays in its root: provenance must not tell where on a machine that lies. */
export function isInside(path: string): boolean {
  const normal = posix.normalize(path);
  return !isAbsolute(normal) && normal !== "." && normal !== ".." && !normal.startsWith("../");
}
