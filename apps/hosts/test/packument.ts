import type { Registry } from "../src/verdaccio.ts";

/** What these tests read of a packument. */
export interface Packument {
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, Version>>;
}

interface Version {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly dist: { readonly integrity: string };
  /** The npm that published it. */
  readonly _npmVersion?: string;
}

/** Of a package that nobody has published one without versions. */
export async function fetchPackument({ url }: Registry, name: string): Promise<Packument> {
  const response = await fetch(`${url}/${name.replace("/", "%2f")}`);
  if (response.status === 404) return { "dist-tags": {}, versions: {} };
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Packument;
}
