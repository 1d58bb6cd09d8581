import { isPublicAddress, literalAddress } from "./addresses.ts";
import { failed, showText, showUrl, type HttpFailed } from "./failure.ts";

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Whether the user named this host and port, see `HttpOptions.trustedHosts`. */
export function isTrusted(url: URL, trustedHosts: ReadonlySet<string>): boolean {
  const port = url.port || DEFAULT_PORTS[url.protocol];
  return trustedHosts.has(url.host) || trustedHosts.has(`${url.hostname}:${port}`);
}

/**
 * Parses a URL that may come from data, and refuses it before anything is sent: other schemes, user info, plain http
 * and private addresses where the host is not trusted. WHATWG URL has normalised octal, hex and decimal IPv4 by then.
 */
export function admitUrl(text: string, trustedHosts: ReadonlySet<string>, base?: URL): URL | HttpFailed {
  const url = URL.parse(text, base?.href);
  if (url === null) return refuse(`"${showText(text)}" is not a URL`);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return refuse(`"${url.protocol}" URLs are not fetched`, "Give an https URL.");
  }
  if (url.username !== "" || url.password !== "") {
    return refuse(`${showUrl(url)} has user info in it`, "Configure credentials apart from the URL.");
  }
  url.hash = "";
  if (isTrusted(url, trustedHosts)) return url;
  if (url.protocol === "http:") {
    return refuse(`${showUrl(url)} is plain http`, "Use https, or name this host and port in the configuration.");
  }
  const address = literalAddress(url);
  return address === undefined || isPublicAddress(address) ? url : failed(privateAddress(url));
}

/** What is said of a host that is not trusted and whose address is not public. */
export function privateAddress(url: URL): HttpFailed["reason"] {
  return {
    code: "private-address",
    message: `${showUrl(url)} leads to an address that is not public`,
    hint: `If ${url.host} is yours, name it in the configuration.`,
  };
}

function refuse(message: string, hint?: string): HttpFailed {
  return failed({ code: "url-refused", message, ...(hint !== undefined && { hint }) });
}
