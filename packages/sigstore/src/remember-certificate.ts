import type { KeyObject } from "node:crypto";
import type { ASN1Obj, X509Certificate } from "@sigstore/core";
import type { Libraries } from "./libraries.ts";

/**
 * Lets one freshly parsed certificate remember what it computes: its DER, and which issuers' signatures it bears.
 * `@sigstore/core` encodes and verifies anew at every question, which is most of what a bundle costs. No check is
 * left out. The certificate must not be altered afterwards; the library alters clones alone.
 */
export function rememberCertificate(certificate: X509Certificate, core: Libraries["core"]): void {
  const { root, tbsCertificate, extensions } = certificate;
  for (const part of [root, tbsCertificate, ...tbsCertificate.subs, ...extensions]) rememberDer(part);
  for (const extension of extensions) rememberOid(extension.subs[0]);
  rememberVerify(certificate, core);
  certificate.clone = () => cloneExtensions(certificate, core);
}

/** The parser takes minimal lengths and short tags alone, so that what it has read has this encoding and no other. */
function rememberDer(part: ASN1Obj): void {
  let der: Buffer | undefined;
  part.toDER = () => (der ??= Buffer.concat([header(part), part.value]));
}

/** Identifier and length octets of definite form (X.690 §8.1.2, §10.1). */
function header({ tag, value: { length } }: ASN1Obj): Buffer {
  if (length < 0x80) return Buffer.from([tag.toDER(), length]);
  const hex = length.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.from([tag.toDER(), 0x80 | octets.length, ...octets]);
}

/** An extension is found by the identifiers of all that stand before it. */
function rememberOid(part: ASN1Obj | undefined): void {
  if (part === undefined) return;
  const decode = part.toOID.bind(part);
  let oid: string | undefined;
  part.toOID = () => (oid ??= decode());
}

function rememberVerify(certificate: X509Certificate, { crypto }: Libraries["core"]): void {
  // Weak, since a certificate of the trust root is asked about untrusted issuers too.
  const known = new WeakMap<X509Certificate, boolean>();
  certificate.verify = (issuer = certificate) => {
    const found = known.get(issuer);
    if (found !== undefined) return found;
    const { tbsCertificate, signatureValue, signatureAlgorithm } = certificate;
    const key = keys.get(issuer) ?? crypto.createPublicKey(issuer.publicKey);
    keys.set(issuer, key);
    const isVerified = crypto.verify(tbsCertificate.toDER(), key, signatureValue, signatureAlgorithm);
    known.set(issuer, isVerified);
    return isVerified;
  };
}

/** Keys of issuers, read once. */
const keys = new WeakMap<X509Certificate, KeyObject>();

/**
 * A clone of which the list of extensions can be altered, as the check of an SCT does (RFC 6962 §3.2): whatever
 * holds that list is new and encodes itself anew; what nobody alters is shared.
 */
function cloneExtensions(
  certificate: X509Certificate,
  { ASN1Obj, X509Certificate }: Libraries["core"],
): X509Certificate {
  const { root, tbsCertificate } = certificate;
  const copy = ({ tag, value }: ASN1Obj, subs: readonly ASN1Obj[]): ASN1Obj => new ASN1Obj(tag, value, [...subs]);
  const copyLists = (field: ASN1Obj): ASN1Obj[] => field.subs.map((list) => copy(list, list.subs));
  const fields = tbsCertificate.subs.map((field) =>
    field.tag.isContextSpecific(EXTENSIONS) ? copy(field, copyLists(field)) : field,
  );
  const parts = root.subs.map((part) => (part === tbsCertificate ? copy(part, fields) : part));
  return new X509Certificate(copy(root, parts));
}

/** RFC 5280 §4.1.2.9. */
const EXTENSIONS = 3;
