import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";

// IANA special-purpose registries: what no public service is reached by.
const IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
const IPV6: readonly (readonly [string, number])[] = [
  ["::1", 128],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const refused = buildBlockList();

function buildBlockList(): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of IPV6) list.addSubnet(network, prefix, "ipv6");
  for (const [network, prefix] of IPV4) {
    // The list finds IPv4-mapped addresses by their IPv4 rules; the other ways to embed one need rules of their own.
    list.addSubnet(network, prefix, "ipv4");
    list.addSubnet(`::${network}`, 96 + prefix, "ipv6");
    list.addSubnet(`64:ff9b::${network}`, 96 + prefix, "ipv6");
    const [a = 0, b = 0, c = 0, d = 0] = network.split(".").map(Number);
    list.addSubnet(`2002:${hex(a, b)}:${hex(c, d)}::`, 16 + prefix, "ipv6");
  }
  return list;
}

function hex(high: number, low: number): string {
  return (high * 256 + low).toString(16);
}

/**
 * Whether an address is one of the open internet: not loopback, link-local, private (RFC 1918, RFC 4193), shared
 * (RFC 6598), unspecified, multicast or reserved, nor one of these embedded in IPv6. What is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  const [bare = ""] = address.split("%", 1);
  const family = isIP(bare);
  return family !== 0 && !refused.check(bare, family === 4 ? "ipv4" : "ipv6");
}

/** The address that a URL spells out, without brackets; undefined for a name. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? undefined : host;
}

/** `code` of the error by which `lookupPublic` refuses. */
export const PRIVATE_ADDRESS = "COLOPHON_PRIVATE_ADDRESS";

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * `dns.lookup` for sockets to hosts that nobody vouched for. It refuses a name as soon as one of its addresses is not
 * public. It runs for every connection, so a name that changes its address afterwards gains nothing.
 */
export function lookupPublic(hostname: string, options: LookupOptions, callback: LookupCallback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const [first] = addresses;
    if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
      return callback(Object.assign(new Error("not a public address"), { code: PRIVATE_ADDRESS }), []);
    }
    if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
}
