import { Integer, OctetString } from "asn1js";
import { AlgorithmIdentifier, MessageImprint, SignedData, TimeStampReq, TimeStampResp, TSTInfo } from "pkijs";
import { AnswerFault } from "./answer.ts";

const SHA256 = "2.16.840.1.101.3.4.2.1";
const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const GRANTED = 0;
const GRANTED_WITH_MODS = 1;

/** What a timestamp is asked for: the SHA-256 of the signature, and a random number that no older answer can have. */
export interface Query {
  readonly digest: Uint8Array;
  /** Big-endian. */
  readonly nonce: Uint8Array;
}

/** TimeStampReq, DER (RFC 3161 §2.4.1), with the authority's certificate wanted in the answer. */
export function encodeQuery({ digest, nonce }: Query): Uint8Array {
  const messageImprint = new MessageImprint({
    hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA256 }),
    hashedMessage: new OctetString({ valueHex: digest }),
  });
  const query = new TimeStampReq({
    version: 1,
    messageImprint,
    nonce: new Integer({ valueHex: nonce }),
    certReq: true,
  });
  return new Uint8Array(query.toSchema().toBER());
}

/**
 * Throws AnswerFault unless the TimeStampResp grants what was asked (RFC 3161 §2.4.2). Who signed it is for those to check
 * who have a trust root.
 */
export function checkResponse(response: Uint8Array, query: Query): void {
  const { status, info } = decode(response);
  if (status !== GRANTED && status !== GRANTED_WITH_MODS)
    throw new AnswerFault(`it grants no timestamp (status ${status})`);
  if (info === undefined) throw new AnswerFault("it holds no timestamp");
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const isImprint = hashAlgorithm.algorithmId === SHA256 && isSame(hashedMessage.valueBlock.valueHexView, query.digest);
  if (!isImprint) throw new AnswerFault("its timestamp is about something else");
  if (info.nonce === undefined || !isSame(info.nonce.valueBlock.valueHexView, query.nonce)) {
    throw new AnswerFault("its timestamp answers another question (nonce)");
  }
}

function decode(response: Uint8Array): { readonly status: number; readonly info?: TSTInfo } {
  try {
    const { status, timeStampToken } = TimeStampResp.fromBER(response);
    if (timeStampToken === undefined) return { status: status.status };
    const { eContentType, eContent } = new SignedData({ schema: timeStampToken.content }).encapContentInfo;
    if (eContentType !== TST_INFO || eContent === undefined) return { status: status.status };
    return { status: status.status, info: TSTInfo.fromBER(eContent.getValue()) };
  } catch {
    throw new AnswerFault("it is not a timestamp response (RFC 3161)");
  }
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}
