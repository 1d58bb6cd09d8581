import { admitUrl } from "./admission.ts";
import { failed, showUrl, type HttpFailed } from "./failure.ts";

/** One request on the way to the final answer. */
export interface Hop {
  readonly url: URL;
  /** URLs asked before this one, the first first. */
  readonly before: readonly string[];
  /** False once a redirect left the scope of the credentials; it stays so, even if a later one leads back. */
  readonly credentialed: boolean;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;

/** The Location of a redirect; undefined for every other answer. */
export function redirectTarget(code: number, headers: Readonly<Record<string, string>>): string | undefined {
  return REDIRECTS.has(code) ? headers["location"] : undefined;
}

/** Where a redirect leads (RFC 9110 §10.2.2), or why it is not followed: too many, a loop, or a URL not admitted. */
export function followRedirect(
  hop: Hop,
  location: string,
  trustedHosts: ReadonlySet<string>,
): Omit<Hop, "credentialed"> | HttpFailed {
  const before = [...hop.before, hop.url.href];
  const from = showUrl(hop.url);
  if (before.length > MOST_REDIRECTS) return refuse(`${from} redirects after ${MOST_REDIRECTS} redirects already`);
  const target = admitUrl(location, trustedHosts, hop.url);
  if ("outcome" in target) {
    if (target.reason.code === "private-address") return target;
    return refuse(`${from} redirects, but ${target.reason.message}`, target.reason.hint);
  }
  if (before.includes(target.href)) return refuse(`${from} redirects in a circle to ${showUrl(target)}`);
  return { url: target, before };
}

function refuse(message: string, hint = "Ask the server's operator, or give the final URL."): HttpFailed {
  return failed({ code: "redirect-refused", message, hint });
}
