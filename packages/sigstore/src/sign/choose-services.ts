import { SigstoreError } from "../error.ts";
import type { ConfiguredService, Selector, SigningConfig } from "./signing-config.ts";

/** The services to sign with now. */
export interface SigningServices {
  /** Absent where the config names no certificate authority: with a key only. */
  readonly fulcioUrl?: string;
  readonly logs: readonly LogService[];
  /** Full URLs, as RFC 3161 requests are sent to. */
  readonly timestampUrls: readonly string[];
}

export interface LogService {
  readonly url: string;
  /** Major version of Rekor's API. */
  readonly version: 1 | 2;
}

export interface ChoiceOptions {
  readonly now: Date;
  /** Default both. */
  readonly logVersions?: readonly (1 | 2)[];
}

/**
 * Of each operator the service with the highest version that is spoken here and the newest start, and of these as many as
 * the config selects (sigstore_trustroot.proto, `SigningConfig`). Throws SIGNING_CONFIG_UNUSABLE where services are named,
 * but too few of them can be used now.
 */
export function chooseServices(config: SigningConfig, { now, logVersions = [1, 2] }: ChoiceOptions): SigningServices {
  const { name } = config;
  const any: Selector = { kind: "any" };
  const [fulcio] = choose(config.fulcio, any, { now, versions: [1], what: "certificate authority", name });
  const logs = choose(config.logs, config.logSelector, { now, versions: logVersions, what: "log", name });
  const authorities = choose(config.timestampAuthorities, config.timestampSelector, {
    now,
    versions: [1],
    what: "timestamp authority",
    name,
  });
  return {
    ...(fulcio && { fulcioUrl: fulcio.url }),
    logs: logs.map(({ url, majorApiVersion }) => ({ url, version: majorApiVersion === 2 ? 2 : 1 })),
    timestampUrls: authorities.map(({ url }) => url),
  };
}

interface Wanted {
  readonly now: Date;
  readonly versions: readonly number[];
  readonly what: string;
  readonly name: string;
}

function choose(services: readonly ConfiguredService[], selector: Selector, wanted: Wanted): ConfiguredService[] {
  if (services.length === 0) return [];
  const usable = services
    .filter((service) => whyNot(service, wanted) === undefined)
    // The first of equals stays first, as the format asks.
    .toSorted(
      (left, right) => right.majorApiVersion - left.majorApiVersion || Number(right.start) - Number(left.start),
    );
  const perOperator = usable.filter(
    ({ operator }, index) => usable.findIndex((other) => other.operator === operator) === index,
  );
  const least = selector.kind === "exact" ? selector.count : 1;
  if (perOperator.length < least) throw tooFew(services, least, perOperator.length, wanted);
  return selector.kind === "all" ? perOperator : perOperator.slice(0, least);
}

function whyNot({ start, end, majorApiVersion }: ConfiguredService, { now, versions }: Wanted): string | undefined {
  if (start > now) return `starts ${start.toISOString()}`;
  if (end !== undefined && end < now) return `ended ${end.toISOString()}`;
  return versions.includes(majorApiVersion) ? undefined : `speaks version ${majorApiVersion} of its API`;
}

const MOST_SHOWN = 5;

function tooFew(services: readonly ConfiguredService[], least: number, found: number, wanted: Wanted): SigstoreError {
  const { name, what, versions } = wanted;
  const reasons = services.flatMap((service) => {
    const why = whyNot(service, wanted);
    return why === undefined ? [] : [`${new URL(service.url).host} ${why}`];
  });
  const needed =
    least === 1 ? `no ${what} that can be used now` : `${found} of the ${least} operators it wants of a ${what}`;
  const why = reasons.length === 0 ? "" : `: ${reasons.slice(0, MOST_SHOWN).join("; ")}`;
  return new SigstoreError("SIGNING_CONFIG_UNUSABLE", `${name} has ${needed}${why}`, {
    hint: `Get a newer signing config, or check the clock of this machine. Versions used here: ${versions.join(", ")}.`,
  });
}
