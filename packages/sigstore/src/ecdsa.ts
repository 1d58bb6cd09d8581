import type { KeyObject } from "node:crypto";

interface Curve {
  readonly bytes: number;
  readonly p: bigint;
  readonly n: bigint;
  readonly g: Point;
}

/** Jacobian (x/z², y/z³), which needs no division for a step; undefined is the point at infinity. */
type Point = { readonly x: bigint; readonly y: bigint; readonly z: bigint } | undefined;

/** FIPS 186-4 D.1.2.3 and D.1.2.4; a = −3 for both. */
const CURVES: Readonly<Record<string, Curve>> = {
  prime256v1: {
    bytes: 32,
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    g: {
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
      z: 1n,
    },
  },
  secp384r1: {
    bytes: 48,
    p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    g: {
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
      z: 1n,
    },
  },
};

/**
 * Whether the key signed the digest: ECDSA over P-256 or P-384 (FIPS 186-4 §6.4), DER signature. `node:crypto`
 * verifies only what it hashes itself, and of an artifact often nothing but the digest is at hand. Only public
 * values go in, so that the time it takes tells nothing.
 */
export function verifyDigestByEcdsa(digest: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""];
  const pair = readDerPair(signature);
  if (curve === undefined || pair === undefined) return false;
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const [r, s] = pair;
  if (r <= 0n || r >= curve.n || s <= 0n || s >= curve.n) return false;
  const inverse = invert(s, curve.n);
  const u1 = mod(toInteger(digest.subarray(0, curve.bytes)) * inverse, curve.n);
  const u2 = mod(r * inverse, curve.n);
  const point = { x: toInteger(Buffer.from(x, "base64url")), y: toInteger(Buffer.from(y, "base64url")), z: 1n };
  const sum = add(multiply(curve.g, u1, curve), multiply(point, u2, curve), curve);
  if (sum === undefined) return false;
  const toAffine = invert(mod(sum.z * sum.z, curve.p), curve.p);
  return mod(mod(sum.x * toAffine, curve.p), curve.n) === r;
}

export function isEcdsaCurveKnown(key: KeyObject): boolean {
  return Object.hasOwn(CURVES, key.asymmetricKeyDetails?.namedCurve ?? "");
}

function double(point: Point, { p }: Curve): Point {
  if (point === undefined || point.y === 0n) return undefined;
  const { x, y, z } = point;
  const zz = mod(z * z, p);
  const yy = mod(y * y, p);
  const xyy = mod(x * yy, p);
  const slope = mod(3n * (x - zz) * (x + zz), p);
  const doubled = mod(slope * slope - 8n * xyy, p);
  return { x: doubled, y: mod(slope * (4n * xyy - doubled) - 8n * yy * yy, p), z: mod(2n * y * z, p) };
}

function add(left: Point, right: Point, curve: Curve): Point {
  if (left === undefined) return right;
  if (right === undefined) return left;
  const { p } = curve;
  const [zz1, zz2] = [mod(left.z * left.z, p), mod(right.z * right.z, p)];
  const [u1, u2] = [mod(left.x * zz2, p), mod(right.x * zz1, p)];
  const [s1, s2] = [mod(left.y * zz2 * right.z, p), mod(right.y * zz1 * left.z, p)];
  if (u1 === u2) return s1 === s2 ? double(left, curve) : undefined;
  const h = mod(u2 - u1, p);
  const r = mod(s2 - s1, p);
  const hhh = mod(h * h * h, p);
  const v = mod(u1 * h * h, p);
  const x = mod(r * r - hhh - 2n * v, p);
  return { x, y: mod(r * (v - x) - s1 * hhh, p), z: mod(left.z * right.z * h, p) };
}

function multiply(point: Point, factor: bigint, curve: Curve): Point {
  let sum: Point;
  for (const bit of factor.toString(2)) {
    sum = double(sum, curve);
    if (bit === "1") sum = add(sum, point, curve);
  }
  return sum;
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** Extended Euclid; the modulus is prime and the value not a multiple of it. */
function invert(value: bigint, modulus: bigint): bigint {
  let [a, b] = [mod(value, modulus), modulus];
  let [x, y] = [1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b % a, a];
    [x, y] = [y - quotient * x, x];
    if (a === 0n) return 0n;
  }
  return mod(x, modulus);
}

function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);
}

/** SEQUENCE { r INTEGER, s INTEGER } in DER with short lengths, as P-256 and P-384 need; nothing else. */
function readDerPair(signature: Uint8Array): readonly [bigint, bigint] | undefined {
  if (signature[0] !== 0x30 || signature[1] !== signature.length - 2) return undefined;
  const r = readDerInteger(signature, 2);
  const s = r === undefined ? undefined : readDerInteger(signature, r.end);
  return r === undefined || s?.end !== signature.length ? undefined : [r.value, s.value];
}

function readDerInteger(bytes: Uint8Array, at: number): { readonly value: bigint; readonly end: number } | undefined {
  const length = bytes[at + 1] ?? 0;
  const end = at + 2 + length;
  const first = bytes[at + 2] ?? 0;
  if (bytes[at] !== 0x02 || length === 0 || end > bytes.length || first >= 0x80) return undefined;
  if (length > 1 && first === 0 && (bytes[at + 3] ?? 0) < 0x80) return undefined;
  return { value: toInteger(bytes.subarray(at + 2, end)), end };
}
