/** How many hexadecimal digits the algorithms have that GoReleaser or the usual tools write. */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ["crc32", 8],
  ["md5", 32],
  ["sha1", 40],
  ["sha224", 56],
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
  ["sha3-224", 56],
  ["sha3-256", 64],
  ["sha3-384", 96],
  ["sha3-512", 128],
  ["blake2s", 64],
  ["blake2b", 128],
  ["blake3", 64],
]);

/** What hexadecimal digits without any other hint are taken for. */
const BY_LENGTH: ReadonlyMap<number, string> = new Map(
  ["crc32", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"].map((name) => [DIGITS.get(name) ?? 0, name]),
);

/** The name as it stands in DIGITS, from what `openssl dgst`, `b2sum` and others call it: `SHA2-256`, `SHA-256`, `b2`. */
function normalize(name: string): string {
  const lower = name.toLowerCase().replace(/^sha2?-(?=\d+$)/, "sha");
  return { b2: "blake2b", b3: "blake3" }[lower] ?? lower;
}

const ALGORITHM = String.raw`(?<algorithm>md5|crc32|sha3-\d+|sha(?:2?-)?\d+|blake2b|blake2s|blake3|b2|b3)`;
/** Behind the algorithm nothing but what stands for "list of checksums", for the name of a project may be an algorithm's too. */
const NAMED = new RegExp(String.raw`^(?:(?<stem>.*)[._-])?${ALGORITHM}(?:[._-]?(?:check)?sums?)?(?:\.txt)?$`, "i");

/** What the name of a checksum file tells, such as `SHA256SUMS`, `checksums.sha3-256.txt` or `widget.zip.sha512`. */
export interface NamedAlgorithm {
  readonly algorithm: string;
  /** What stands before the algorithm: in a split file the name of the artifact. */
  readonly stem: string | undefined;
}

/** What the base name of a checksum file tells, or undefined. */
export function readFileName(fileName: string): NamedAlgorithm | undefined {
  const { stem, algorithm } = NAMED.exec(fileName)?.groups ?? {};
  return algorithm === undefined ? undefined : { algorithm: normalize(algorithm), stem };
}

/**
 * The algorithm of a line: what the line says; else what the file's name says, where it fits the number of digits; else
 * what has so many. Undefined where nothing fits.
 */
export function algorithmOf(
  digits: string,
  written: string | undefined,
  named: NamedAlgorithm | undefined,
): string | undefined {
  if (written !== undefined) {
    const algorithm = normalize(written);
    const expected = DIGITS.get(algorithm);
    return expected === undefined || expected === digits.length ? algorithm : undefined;
  }
  if (named !== undefined && DIGITS.get(named.algorithm) === digits.length) return named.algorithm;
  return BY_LENGTH.get(digits.length);
}
