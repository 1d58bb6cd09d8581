import { IN_TOTO_PAYLOAD_TYPE } from "@colophon/core";
import { quote, refuse, type Refusal } from "./refusal.ts";
import type { EnvelopeContent } from "./signed-content.ts";

/** in-toto attestation spec v1, envelope: the type is part of what is signed, so it is told exactly. */
export function checkPayloadType(envelope: EnvelopeContent | undefined, signed: () => boolean): Refusal | undefined {
  if (envelope === undefined || envelope.payloadType === IN_TOTO_PAYLOAD_TYPE) return undefined;
  const message = `the payload type is ${quote(envelope.payloadType)}, not ${quote(IN_TOTO_PAYLOAD_TYPE)}`;
  return refuse("payload-type", signed() ? "unprovable" : "broken", "payload-type", message, {
    hint: "Sign the in-toto statement as a DSSE envelope of that payload type.",
  });
}
