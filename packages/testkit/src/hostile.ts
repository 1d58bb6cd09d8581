import fc from "fast-check";

/** Names that objects have of themselves, and names that readers of text stumble over. */
const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "length",
  "0",
  "",
  "\u0000",
  "then",
];

/** JSON texts of scalars that readers stumble over: out of range, not well-formed, unseen, or long. */
const SCALARS = [
  ["null", "true", "1e999", "-1e999", "-0", "-1", "0.1", "1e-999", "9007199254740993", "1".repeat(400)],
  ['""', '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u202e\\u2066"', '"\\ufeff"', '"\\r\\n"', '"1e3"', '"-0"'],
  ['"99999999999999999999"', '"__proto__"', '"../../etc/passwd"', '"%00%2f%2e%2e"', '"YQ= ="', '"YR=="', '"YQ"'],
  ['"sha512-?"', '"pkg:npm/"', '"https://[::1"', '"https://user:pw@host.example:99999/"', '"\\\\"'],
  [JSON.stringify("a.".repeat(40_000)), JSON.stringify("\u{1f4a9}".repeat(3000))],
].flat();

const scalar = fc.oneof(
  { arbitrary: fc.constantFrom(...SCALARS), weight: 3 },
  { arbitrary: fc.string({ unit: "binary", maxLength: 12 }).map((text) => JSON.stringify(text)), weight: 1 },
  { arbitrary: fc.double().map((number) => JSON.stringify(number)), weight: 1 },
);
const key = fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 4 })).map((name) => JSON.stringify(name));

/** JSON text of any value, keys that stand twice and `__proto__` included. */
export const hostileJson: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    fc
      .array(fc.tuple(key, tie("value")), { maxLength: 4 })
      .map((members) => `{${members.map((member) => member.join(":")).join(",")}}`),
  ),
})).value;

/** What becomes of one value of a document: the JSON text of its member or item, or none. */
type Edit = (value: string, key: string | undefined) => string;

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constant<Edit>(() => ""),
  hostileJson.map<Edit>((text) => (_value, name) => entry(text, name)),
  fc.constant<Edit>((value, name) => `${entry(value, name)},${entry(value, name)}`),
  fc.tuple(key, hostileJson).map<Edit>((member) => (value, name) => {
    return name === undefined ? `{${member.join(":")}}` : `${entry(value, name)},${member.join(":")}`;
  }),
  key.map<Edit>((other) => (value, name) => (name === undefined ? value : `${other}:${value}`)),
  fc.integer({ min: 1, max: 80 }).map<Edit>((depth) => (value, name) => {
    return entry(`${"[".repeat(depth)}${value}${"]".repeat(depth)}`, name);
  }),
  fc.constant<Edit>((value, name) => entry(JSON.stringify(value), name)),
  fc.constant<Edit>((value, name) => entry(`{"toString":${value},"valueOf":1}`, name)),
);

function entry(value: string, name: string | undefined): string {
  return name === undefined ? value : `${name}:${value}`;
}

/** JSON text of the document with one to three of its values changed, each in any way. */
export function mutatedJson(document: unknown): fc.Arbitrary<string> {
  const count = countValues(document);
  const place = fc.tuple(fc.nat({ max: count - 1 }), edit);
  return fc.array(place, { minLength: 1, maxLength: 3 }).map((edits) => write(document, new Map(edits)));
}

function countValues(value: unknown): number {
  const inside = typeof value === "object" && value !== null ? Object.values(value) : [];
  return inside.reduce<number>((sum, item) => sum + countValues(item), 1);
}

function write(document: unknown, edits: ReadonlyMap<number, Edit>): string {
  let at = 0;
  const writeEntry = (value: unknown, name?: string): string => {
    const change = edits.get(at);
    at += 1;
    const written = writeValue(value);
    return change === undefined ? entry(written, name) : change(written, name);
  };
  const writeValue = (value: unknown): string => {
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const inside = Array.isArray(value)
      ? value.map((item) => writeEntry(item))
      : Object.entries(value).map(([name, item]) => writeEntry(item, JSON.stringify(name)));
    const text = inside.filter((written) => written !== "").join(",");
    return Array.isArray(value) ? `[${text}]` : `{${text}}`;
  };
  return writeEntry(document);
}

/** Bytes with up to three of their runs overwritten, cut out or put in; mostly not what they were, at times whole. */
export function damagedBytes(whole: Uint8Array): fc.Arbitrary<Uint8Array> {
  const cut = fc.record({
    at: fc.nat({ max: whole.length }),
    remove: fc.oneof(fc.nat({ max: 4 }), fc.nat({ max: whole.length })),
    put: fc.uint8Array({ maxLength: 6 }),
  });
  return fc
    .array(cut, { maxLength: 3 })
    .map((cuts) =>
      cuts.reduce<Uint8Array>(
        (bytes, { at, remove, put }) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + remove)]),
        whole,
      ),
    );
}

/**
 * Fails where a value that was read holds an object with a prototype of the document's making, or where reading it
 * changed the one that all objects have.
 */
export function assertNoPollution(value: unknown): void {
  const names = Reflect.ownKeys(Object.prototype).length;
  if (names !== OWN_NAMES) throw new Error("Object.prototype was changed");
  const seen = new Set<unknown>();
  const visit = (item: unknown): void => {
    if (typeof item !== "object" || item === null || seen.has(item) || ArrayBuffer.isView(item)) return;
    seen.add(item);
    if (!PROTOTYPES.has(Object.getPrototypeOf(item))) throw new Error("a prototype was set");
    if (item instanceof Map || item instanceof Set) for (const part of item) visit(part);
    for (const part of Object.values(item)) visit(part);
  };
  visit(value);
}

const PROTOTYPES = new Set<unknown>([null, Object.prototype, Array.prototype, Map.prototype, Set.prototype]);
const OWN_NAMES = Reflect.ownKeys(Object.prototype).length;
