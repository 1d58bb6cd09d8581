/**
 * Goes with all that is asked about a publication: caches on the way ask the registry before they answer (RFC 9111
 * §5.2.1.4), or a 404 from before the publication would last.
 */
export const FRESH = { "cache-control": "no-cache" } as const;
