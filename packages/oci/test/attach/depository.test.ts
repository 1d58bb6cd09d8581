import type { Depository, Plan } from "@colophon/core";
import { describe, expect, test } from "vitest";
import { createOciDepository } from "../../src/attach/depository.ts";
import { fallbackTag } from "../../src/registry/lists.ts";
import { IMPATIENT } from "../impatient.ts";
import { type WrittenDescriptor } from "../layout-folder.ts";
import { clientOf, startFake, type FakeRegistry, type Reply } from "../registry/loopback.ts";
import { INDEX, CREATED, provenanceOf, writes } from "./attaching.ts";

describe("an image as a depository", () => {
  const depositoryOf = (fake: FakeRegistry, { digest: subject }: WrittenDescriptor): Depository =>
    createOciDepository({
      registry: clientOf([fake]),
      repository: fake.widget,
      subject,
      now: () => CREATED,
      patience: IMPATIENT,
    });

  test("deposits, and reads back what is there", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    const depository = depositoryOf(fake, image);
    const bundle = provenanceOf(image);
    await expect(depository.check({} as Plan)).resolves.toEqual([]);
    await expect(depository.readBack(bundle, "b")).resolves.toMatchObject({ reason: { code: "deposit-gone" } });
    expect(writes(fake)).toEqual([]);
    await expect(depository.deposit(bundle, "b")).resolves.toMatchObject({ status: "deposited" });
    await expect(depository.readBack(bundle, "b")).resolves.toMatchObject({
      ...bundle,
      bytes: expect.anything() as unknown,
      store: "oci",
      filed: "object",
    });
  });

  test("waits for a registry that lists only after a while what it took", async () => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    const waited: number[] = [];
    const patience = {
      patienceMs: 10_000,
      now: () => waited.reduce((sum, one) => sum + one, 0),
      wait: (ms: number) => Promise.resolve(void waited.push(ms)),
    };
    const empty = { body: JSON.stringify({ manifests: [] }), headers: { "content-type": INDEX } };
    fake.before = ({ path }) => (path.includes("/referrers/") && waited.length < 2 ? empty : undefined);
    const options = { registry: clientOf([fake]), repository: fake.widget, subject: image.digest, now: () => CREATED };
    const depository = createOciDepository({ ...options, patience });
    await expect(depository.deposit(provenanceOf(image), "b")).resolves.toMatchObject({ status: "deposited" });
    expect(waited).toEqual([500, 1000]);
    waited.length = 0;
    await expect(depository.readBack(provenanceOf(image), "b")).resolves.toMatchObject({ store: "oci" });
    expect(waited).toEqual([500, 1000]);
  });

  test.each<[string, Reply, string, string]>([
    ["refused", { status: 403 }, "access-denied", "refused"],
    ["not well", { status: 500 }, "registry-unavailable", "unreachable"],
  ])("of a registry that is %s is a problem, and no deposit", async (_, reply, code, status) => {
    const fake = await startFake();
    const image = fake.addImage("image", "1.4.0");
    fake.before = ({ path }) => (path.includes("/referrers/") ? reply : undefined);
    const depository = depositoryOf(fake, image);
    await expect(depository.check({} as Plan)).resolves.toMatchObject([{ reason: { code } }]);
    await expect(depository.deposit(provenanceOf(image), "b")).resolves.toMatchObject({ status, reason: { code } });
    await expect(depository.readBack(provenanceOf(image), "b")).resolves.toMatchObject({ reason: { code } });
  });

  test("finds a problem in what has to be there, and in what must not be", async () => {
    const fake = await startFake();
    fake.hasReferrers = false;
    const image = fake.addImage("image", "1.4.0");
    fake.tag(fallbackTag(image.digest), image);
    await expect(depositoryOf(fake, image).check({} as Plan)).resolves.toMatchObject([
      { reason: { code: "fallback-tag-occupied" } },
    ]);
    const gone = { ...image, digest: `sha256:${"0".repeat(64)}` };
    await expect(depositoryOf(fake, gone).check({} as Plan)).resolves.toMatchObject([
      { reason: { code: "no-such-object" } },
    ]);
  });

  describe("in another repository", () => {
    const GONE = (code: string): Reply => ({ status: 404, body: JSON.stringify({ errors: [{ code }] }) });
    /** Where the image is not, and which is not there before something of that kind is pushed to it. */
    async function open(hasReferrers: boolean, firstPush: RegExp) {
      const fake = await startFake();
      fake.hasReferrers = hasReferrers;
      const image = fake.addImage("image", "1.4.0");
      const repository = fake.repository("acme/attestations");
      fake.before = ({ method, path }) => {
        if (!path.startsWith("/v2/acme/attestations/") || !/^(?:GET|HEAD)$/.test(method)) return undefined;
        if (!writes(fake).some((asked) => firstPush.test(asked))) return GONE("NAME_UNKNOWN");
        return path.endsWith(`/manifests/${image.digest}`) ? GONE("MANIFEST_UNKNOWN") : undefined;
      };
      const [subject, now] = [image.digest, () => CREATED];
      const options = { registry: clientOf([fake]), repository, home: fake.widget, subject, now, patience: IMPATIENT };
      return { fake, image, depository: createOciDepository(options) };
    }

    test.each([
      ["a blob, with the API", true, /^POST/, ["API"]],
      ["a blob, without it", false, /^POST/, ["own tag", "list"]],
      ["a manifest", true, /^PUT .*\/manifests\//, ["own tag", "list"]],
    ])("begins it where a registry has repositories from %s on, and reads back there", async (_, api, first, puts) => {
      const { fake, image, depository } = await open(api, first);
      const bundle = provenanceOf(image);
      await expect(depository.check({} as Plan)).resolves.toEqual([]);
      expect(writes(fake)).toEqual([]);
      const again = [await depository.deposit(bundle, "b"), await depository.deposit(bundle, "b")];
      expect(again[0]).toMatchObject({ status: "deposited" });
      expect(again[1]).toEqual(again[0]);
      await expect(depository.readBack(bundle, "b")).resolves.toMatchObject({ digest: bundle.digest, store: "oci" });
      const manifests = writes(fake).flatMap(
        (asked) => /^PUT \/v2\/acme\/attestations\/manifests\/(.+)/.exec(asked)?.[1] ?? [],
      );
      const kindOf = (name: string): string =>
        name === fallbackTag(image.digest) ? "list" : name.includes(".att.") ? "own tag" : "API";
      expect(manifests.map(kindOf)).toEqual(puts);
    });
  });
});
