import type { RegistryPackage } from "./package-data.ts";

/** For how many requests a version that a client published stays unseen, counted apart for each of its faces. Default 0. */
export interface Lag {
  readonly packument?: number;
  readonly tarball?: number;
  readonly attestations?: number;
}

/** Counts the requests that come too early. */
export interface LagCounter {
  /** From now on a version is late; `before` is its package without it, if there was one. */
  start(name: string, version: string, before: RegistryPackage | undefined): void;
  /** Counts a request for a packument; `late` tells that `before` is to be answered. */
  askPackument(name: string): { readonly late: boolean; readonly before?: RegistryPackage | undefined };
  /** Counts a request for something of a version; true: it is not there yet. */
  isLate(face: "tarball" | "attestations", name: string, version: string): boolean;
}

/** Makes the counter of a registry. */
export function createLagCounter(lag: Lag): LagCounter {
  const packuments = new Map<string, { left: number; before: RegistryPackage | undefined }[]>();
  const left = new Map<string, number>();
  return {
    start(name, version, before) {
      const waiting = packuments.get(name) ?? [];
      packuments.set(name, [...waiting, { left: lag.packument ?? 0, before }]);
      for (const face of ["tarball", "attestations"] as const) left.set(`${face} ${name}@${version}`, lag[face] ?? 0);
    },
    askPackument(name) {
      const waiting = packuments.get(name) ?? [];
      const first = waiting.find((publish) => publish.left > 0);
      if (first === undefined) return { late: false };
      first.left -= 1;
      return { late: true, before: first.before };
    },
    isLate(face, name, version) {
      const key = `${face} ${name}@${version}`;
      const remaining = left.get(key) ?? 0;
      left.set(key, remaining - 1);
      return remaining > 0;
    },
  };
}
