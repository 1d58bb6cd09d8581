import { expect, test } from "vitest";
import { openLayout } from "../src/layout.ts";
import { surveyLayout } from "../src/survey.ts";
import { DSSE, makeLayout, refName } from "./layout-folder.ts";

test("tells images from what is about them, and keeps of the latter what holds attestations", async () => {
  const written = await makeLayout();
  const image = await written.addImage("image", refName("1.4.0"));
  const hex = image.digest.slice(7);
  const signature = await written.addImage("signature", refName(`sha256-${hex}.sig`));
  const layer = await written.add("{}", DSSE);
  const att = await written.addManifest([layer], {}, refName(`sha256-${hex}.att`));
  await written.writeIndex([image, signature, att]);
  const survey = await surveyLayout(await openLayout(written.folder));
  expect(survey).toMatchObject({
    images: [{ digest: image.digest, tags: ["1.4.0"], manifest: { kind: "manifest" } }],
    attestations: [{ digest: att.digest, subjects: [image.digest], layers: [{ digest: layer.digest }] }],
    faults: [],
  });
});

test("gathers every subject that a manifest is filed under", async () => {
  const written = await makeLayout();
  const att = await written.addManifest([await written.add("{}", DSSE)]);
  const [one, two] = ["1", "2"].map((digit) => digit.repeat(64));
  await written.writeIndex([
    { ...att, annotations: refName(`sha256-${one}.att`) },
    { ...att, annotations: refName(`sha256-${two}.att`) },
  ]);
  const { attestations } = await surveyLayout(await openLayout(written.folder));
  expect(attestations).toMatchObject([{ subjects: [`sha256:${one}`, `sha256:${two}`] }]);
});
