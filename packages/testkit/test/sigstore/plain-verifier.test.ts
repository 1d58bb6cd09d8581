import { expect, onTestFinished, test } from "vitest";
import { breakSignature, createPlainVerifier, startSigstore } from "../../src/index.ts";

test("accepts what the embedded Sigstore signed, and throws for what was altered", async () => {
  const sigstore = await startSigstore();
  onTestFinished(() => sigstore.close());
  const verify = createPlainVerifier(sigstore.trustedRoot);
  const identity = { issuer: "https://id.acme.example", subject: "https://ci.acme.example/release" };
  const bundle = await sigstore.attest({ statement: {}, identity });
  expect(() => verify(bundle)).not.toThrow();
  expect(() => verify(breakSignature(bundle))).toThrow();
  const blob = Buffer.from("a file");
  const signed = await sigstore.signBlob({ blob, identity });
  expect(() => verify(signed, blob)).not.toThrow();
  expect(() => verify(signed, Buffer.from("another file"))).toThrow();
});
