import { expect, test } from "vitest";
import { claimedSubjects } from "../src/statement-subjects.ts";
import { envelopeFor } from "./layout-folder.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

function claimed(value: unknown): readonly string[] {
  return [...claimedSubjects(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)))];
}

test("reads the subjects of an envelope, a bundle and a bare statement", () => {
  expect(claimed(envelopeFor(DIGEST))).toEqual([DIGEST]);
  expect(claimed({ dsseEnvelope: envelopeFor(DIGEST) })).toEqual([DIGEST]);
  const digests = { sha256: "AB", sha512: "cd", sha1: "ef" };
  expect(claimed({ subject: [{ digest: digests }, { name: "no digest" }, null] })).toEqual(["sha256:ab", "sha512:cd"]);
});

test.each(["", "no JSON", "[]", '{"payload":"bm8gSlNPTg=="}', '{"subject":{}}'])("finds none in %j", (text) => {
  expect(claimed(text)).toEqual([]);
});
