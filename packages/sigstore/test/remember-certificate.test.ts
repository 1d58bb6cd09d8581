import { createHash } from "node:crypto";
import * as core from "@sigstore/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rememberCertificate } from "../src/remember-certificate.ts";
import { trustFromSeeds } from "../src/index.ts";
import { valueAt } from "./alter.ts";
import { IDENTITY, startEmbedded, STATEMENT, type Embedded } from "./embedded.ts";

let embedded: Embedded;
/** DER of a leaf, its issuer, and the certificates of the bundled trust root, RSA and P-384 among them. */
let leaf: Buffer<ArrayBuffer>;
let issuer: Buffer<ArrayBuffer>;
let bundled: readonly Buffer<ArrayBuffer>[];
beforeAll(async () => {
  embedded = await startEmbedded();
  const bundle = await embedded.sigstore.attest({ statement: STATEMENT, identity: IDENTITY });
  leaf = Buffer.from(String(valueAt(bundle, "verificationMaterial.certificate.rawBytes")), "base64");
  const [trustedRoot] = (await embedded.trust.load()).trustedRoots;
  issuer = Buffer.from(trustedRoot.certificateAuthorities[0]?.certChain?.certificates[0]?.rawBytes ?? "");
  const [seed] = (await trustFromSeeds()).trustedRoots;
  const authorities = [...seed.certificateAuthorities, ...seed.timestampAuthorities];
  bundled = authorities.flatMap(({ certChain }) =>
    (certChain?.certificates ?? []).map(({ rawBytes }) => Buffer.from(rawBytes)),
  );
});
afterAll(async () => {
  await embedded.close();
});

function remembered(der: Buffer<ArrayBuffer>, classes: typeof core = core): core.X509Certificate {
  const certificate = core.X509Certificate.parse(der);
  rememberCertificate(certificate, classes);
  return certificate;
}

/** The library with a count of the signatures that it checks, and of the keys that it reads. */
function counting(): { readonly classes: typeof core; checks: number; keys: number } {
  const count = {
    checks: 0,
    keys: 0,
    classes: {
      ...core,
      crypto: {
        ...core.crypto,
        createPublicKey: (...parameters: Parameters<typeof core.crypto.createPublicKey>) => {
          count.keys += 1;
          return core.crypto.createPublicKey(...parameters);
        },
        verify: (...parameters: Parameters<typeof core.crypto.verify>) => {
          count.checks += 1;
          return core.crypto.verify(...parameters);
        },
      },
    },
  };
  return count;
}

const LONG = [0, 1, 127, 128, 255, 256, 65_535, 65_536];

describe("a remembered certificate", () => {
  test("has the encoding that the library gives, in every part", () => {
    expect(bundled.length).toBeGreaterThan(3);
    for (const der of [leaf, issuer, ...bundled]) {
      const plain = core.X509Certificate.parse(der);
      const certificate = remembered(der);
      expect(certificate.root.toDER()).toEqual(plain.root.toDER());
      expect(certificate.root.toDER()).toEqual(der);
      expect(certificate.tbsCertificate.toDER()).toEqual(plain.tbsCertificate.toDER());
      expect(certificate.publicKey).toEqual(plain.publicKey);
      expect(certificate.extensions.map((part) => part.toDER())).toEqual(plain.extensions.map((part) => part.toDER()));
      expect(certificate.extensions.map(({ subs }) => subs[0]?.toOID())).toEqual(
        plain.extensions.map(({ subs }) => subs[0]?.toOID()),
      );
    }
  });

  test.each(LONG)("has the library's encoding where a part is %i bytes long", (length) => {
    const octets = new core.ASN1Obj(octetString(), Buffer.alloc(length, 1), []);
    const plain = core.X509Certificate.parse(leaf);
    const tbs = [...plain.tbsCertificate.subs, octets];
    const wide = core.ASN1Obj.parseBuffer(
      new core.ASN1Obj(plain.root.tag, Buffer.alloc(0), [
        new core.ASN1Obj(plain.tbsCertificate.tag, Buffer.alloc(0), tbs),
        ...plain.root.subs.slice(1),
      ]).toDER() as Buffer<ArrayBuffer>,
    );
    const expected = wide.toDER();
    const certificate = new core.X509Certificate(wide);
    rememberCertificate(certificate, core);
    expect(certificate.root.toDER()).toEqual(expected);
  });

  test("encodes itself once", () => {
    const certificate = remembered(leaf);
    expect(certificate.root.toDER()).toBe(certificate.root.toDER());
    expect(certificate.tbsCertificate.toDER()).toBe(certificate.tbsCertificate.toDER());
  });

  test("equals the same certificate and no other", () => {
    expect(remembered(leaf).equals(core.X509Certificate.parse(leaf))).toBe(true);
    expect(remembered(leaf).equals(remembered(issuer))).toBe(false);
  });

  test("checks the signature of each issuer once, and keeps right and wrong apart", () => {
    const count = counting();
    const certificate = remembered(leaf, count.classes);
    const right = remembered(issuer, count.classes);
    const wrong = core.X509Certificate.parse(bundled[0] ?? Buffer.alloc(0));
    for (let round = 0; round < 3; round += 1) {
      expect([certificate.verify(right), certificate.verify(wrong), certificate.verify()]).toEqual([
        true,
        false,
        false,
      ]);
    }
    expect(count.checks).toBe(3);
    expect(right.verify()).toBe(true);
  });

  test("checks another certificate of the same content anew, with the issuer's key that it has read", () => {
    const count = counting();
    const right = remembered(issuer, count.classes);
    expect([remembered(leaf, count.classes).verify(right), remembered(leaf, count.classes).verify(right)]).toEqual([
      true,
      true,
    ]);
    expect([count.checks, count.keys]).toEqual([2, 1]);
  });

  test("refuses a certificate of which one bit was changed", () => {
    const altered = Buffer.from(leaf);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    expect(remembered(altered).verify(remembered(issuer))).toBe(false);
  });

  test("gives a clone from which an extension can be taken as from the library's, and stays as it was", () => {
    const [certificate, plain] = [remembered(leaf), core.X509Certificate.parse(leaf)];
    const [mine, theirs] = [certificate.clone(), plain.clone()];
    expect(mine.root.toDER()).toEqual(leaf);
    for (const clone of [mine, theirs]) clone.extensions.splice(2, 1);
    expect(sha256(mine.tbsCertificate.toDER())).toBe(sha256(theirs.tbsCertificate.toDER()));
    expect(mine.root.toDER()).not.toEqual(leaf);
    expect(certificate.extensions).toHaveLength(mine.extensions.length + 1);
    expect(certificate.clone().root.toDER()).toEqual(leaf);
  });
});

function sha256(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Tag of an OCTET STRING whose content is no DER. */
function octetString(): core.ASN1Obj["tag"] {
  return core.ASN1Obj.parseBuffer(Buffer.from([0x04, 0x01, 0x00])).tag;
}
