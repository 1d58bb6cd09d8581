import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test, describe } from "vitest";
import { createLayoutStore, listImages, openLayout } from "../src/index.ts";
import { collect } from "./collect.ts";

/** Layouts that slsa-verifier keeps for its tests, beside the repository; they are not part of it. */
const FOLDER = fileURLToPath(new URL("../../../../shared/data/slsa-verifier/gha_generic_container/", import.meta.url));
const NAME = "container_workflow_dispatch";
const present = existsSync(FOLDER);
const versions = present ? readdirSync(FOLDER).filter((name) => name.startsWith("v")) : ["v0.0.0"];

/** Kind of the log entry by which each is witnessed. */
const KINDS: Readonly<Record<string, string>> = { "v1.4.0": "intoto", "v1.6.0": "intoto", "v1.8.0": "intoto" };

describe.skipIf(!present)("real layouts (needs the folder of real attestations; skipped where it is absent)", () => {
  test("are all five there", () => {
    expect(versions.toSorted()).toEqual(["v1.10.0", "v1.4.0", "v1.6.0", "v1.8.0", "v2.0.0"]);
  });

  test.each(versions)("holds one image and its provenance with a promise of the log (%s)", async (version) => {
    const layout = await openLayout(`${FOLDER}${version}/${NAME}`);
    const subject = readFileSync(`${FOLDER}${version}/${NAME}.digest`, "utf8").trim();
    const { objects, gaps } = await listImages(layout);
    expect(gaps).toEqual([]);
    expect(objects).toMatchObject([{ id: `pkg:oci/${NAME}@${subject}`, digest: { sha256: subject.slice(7) } }]);
    const [answer] = await collect(createLayoutStore(layout).find(objects));
    const found = answer?.status === "answered" ? answer.found : [];
    expect(found).toMatchObject([{ store: "oci", filed: "object" }]);
    const bundle: unknown = JSON.parse(Buffer.from(found[0]?.bytes ?? []).toString());
    expect(bundle).toMatchObject({
      mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
      verificationMaterial: {
        x509CertificateChain: { certificates: [{ rawBytes: /^MII/ }, { rawBytes: /^MII/ }].map(anyText) },
        tlogEntries: [
          {
            logIndex: expect.stringMatching(/^\d+$/),
            logId: { keyId: "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=" },
            kindVersion: { kind: KINDS[version] ?? "dsse", version: "0.0.1" },
            integratedTime: expect.stringMatching(/^1[67]\d{8}$/),
            inclusionPromise: { signedEntryTimestamp: expect.stringMatching(/^ME/) },
            canonicalizedBody: expect.stringMatching(/^eyJ/),
          },
        ],
      },
      dsseEnvelope: { payloadType: "application/vnd.in-toto+json" },
    });
  });
});

function anyText({ rawBytes }: { readonly rawBytes: RegExp }): unknown {
  return { rawBytes: expect.stringMatching(rawBytes) };
}
