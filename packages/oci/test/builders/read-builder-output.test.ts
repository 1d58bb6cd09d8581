import { describe, expect, test } from "vitest";
import { formatRepository, OciError, readBuilderOutput, type PushedImages } from "../../src/index.ts";
import {
  A,
  B,
  BUILD,
  CONFIG,
  CRANE_LOG,
  DOCKER,
  GORELEASER,
  HELM,
  JIB,
  LOADED,
  ORAS,
  REPORT,
  SYNC,
} from "./outputs.ts";

type Output = string | object;
const toBytes = (output: Output): Buffer => Buffer.from(typeof output === "string" ? output : JSON.stringify(output));
const read = (output: Output): PushedImages => readBuilderOutput(toBytes(output), "the output");

/** `<repository>[:<tag>|<tag>…]@<letter>` of each image. */
function brief({ images }: PushedImages): readonly string[] {
  return images.map(({ repository, tags, digest }) => {
    const name = repository === undefined ? "" : formatRepository(repository);
    return `${name}${tags.map((tag, index) => (index === 0 ? ":" : "|") + tag).join("")}@${digest.slice(7, 8)}`;
  });
}

function refusal(output: Output): OciError {
  try {
    read(output);
  } catch (error) {
    if (error instanceof OciError) return error;
    throw error;
  }
  throw new Error("it was read");
}

const WIDGET = "registry.example:5000/acme/widget";
const without = (value: object, ...keys: string[]): object =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));

describe("reads what a builder says that it pushed", () => {
  test.each<[string, Output, string, readonly string[]]>([
    ["buildx build", BUILD, "buildx-metadata", [`${WIDGET}:1.4.0|latest@a`]],
    [
      "buildx build, pushed by its digest",
      { ...BUILD, "image.name": "acme/widget" },
      "buildx-metadata",
      ["docker.io/acme/widget@a"],
    ],
    [
      "buildx build to two repositories",
      { ...BUILD, "image.name": "a/b:1, c.example/d:1," },
      "buildx-metadata",
      ["docker.io/a/b:1@a", "c.example/d:1@a"],
    ],
    ["buildx build without a name", without(BUILD, "image.name"), "buildx-metadata", ["@a"]],
    [
      "buildx imagetools create, which leaves the tags out",
      { "containerimage.descriptor": BUILD["containerimage.descriptor"], "image.name": WIDGET },
      "buildx-metadata",
      [`${WIDGET}@a`],
    ],
    [
      "Docker's own store, pushed",
      { ...LOADED, "containerimage.digest": A },
      "buildx-metadata",
      ["docker.io/acme/widget:1.4.0@a"],
    ],
    [
      "buildx bake, with targets called like keys and one without output",
      {
        "buildx.build.warnings": [],
        "containerimage.digest": BUILD,
        digest: { ...BUILD, "containerimage.digest": B, "image.name": "acme/tool:2" },
        test: { "buildx.build.ref": "b/b0/x" },
      },
      "buildx-bake-metadata",
      [`${WIDGET}:1.4.0|latest@a`, "docker.io/acme/tool:2@b"],
    ],
    [
      "docker push of two images",
      DOCKER,
      "docker-push",
      ["docker.io/acme/widget:1.4.0|latest@a", "registry.example:5000/acme/tool:2.0.0@b"],
    ],
    [
      "docker push in a job's log",
      DOCKER.replace(/^/gm, "2026-11-25T12:45:08.1234567Z "),
      "docker-push",
      ["docker.io/acme/widget:1.4.0|latest@a", "registry.example:5000/acme/tool:2.0.0@b"],
    ],
    [
      "docker push in colours",
      DOCKER.replace("5f70bf18a086: Pushed", "\u001b[1A\u001b[2K\r5f70bf18a086: Pushed").replace(
        "1.4.0:",
        "\u001b]8;;x\u0007\u001b[32m1.4.0\u001b[0m:",
      ),
      "docker-push",
      ["docker.io/acme/widget:1.4.0|latest@a", "registry.example:5000/acme/tool:2.0.0@b"],
    ],
    [
      "docker push, twice",
      DOCKER + DOCKER,
      "docker-push",
      ["docker.io/acme/widget:1.4.0|latest@a", "registry.example:5000/acme/tool:2.0.0@b"],
    ],
    ["crane's log", CRANE_LOG, "docker-push", ["localhost:5077/acme/widget:1@a"]],
    [
      "ko or crane",
      `ghcr.io/acme/widget@${A}\nghcr.io/acme/tool@${B}`,
      "image-references",
      ["ghcr.io/acme/widget@a", "ghcr.io/acme/tool@b"],
    ],
    ["kaniko, with tags", `a.example/b:1@${A}\na.example/b:2@${A}\n`, "image-references", ["a.example/b:1|2@a"]],
    ["kaniko, skopeo, buildah, podman or Jib, a digest alone", `${A}\n`, "digest-file", ["@a"]],
    ["a sha512 digest", `sha512:${"a".repeat(128)}`, "digest-file", ["@a"]],
    ["Jib", JIB, "jib-image", ["docker.io/acme/widget:1.4.0|latest@a"]],
    [
      "Jib, latest alone, on a port",
      { ...JIB, image: "localhost:5000/widget", tags: ["latest"] },
      "jib-image",
      ["localhost:5000/widget:latest@a"],
    ],
    ["skopeo sync", SYNC, "skopeo-sync", [`${WIDGET}:1.4.0@a`, "registry.example:5000/acme/tool:2.0.0@b"]],
    ["oras push", ORAS, "oras-push", ["localhost:5077/acme/widget:1.0|latest@a"]],
    [
      "oras push without tag",
      { ...ORAS, referenceAsTags: ["localhost:5077/acme/widget:"] },
      "oras-push",
      ["localhost:5077/acme/widget@a"],
    ],
    ["oras push of no tags", { ...ORAS, referenceAsTags: null }, "oras-push", ["localhost:5077/acme/widget@a"]],
    [
      "helm push",
      `Digest: ${B}\n${HELM.replace("1.4.0", "1.4.0+7")}`,
      "helm-push",
      ["ghcr.io/acme/charts/widget:1.4.0_7@a"],
    ],
    ["pack build --publish", REPORT, "pack-report", ["registry.example/acme/widget:1.4.0|latest@a"]],
    ["GoReleaser", GORELEASER, "goreleaser-digests", [`${WIDGET}:1.4.0|latest@a`]],
  ])("%s", (_, output, from, expected) => {
    const found = read(output);
    expect(brief(found)).toEqual(expected);
    expect(new Set(found.images.map((image) => image.from))).toEqual(new Set([from]));
  });

  test.each<[string, Buffer]>([
    ["Windows line ends", toBytes(DOCKER.replaceAll("\n", "\r\n"))],
    ["a byte order mark", toBytes(`\ufeff${DOCKER}`)],
    ["UTF-16, as PowerShell redirects", Buffer.from(`\ufeff${DOCKER}`, "utf16le")],
    ["UTF-16 of the other order", Buffer.from(`\ufeff${DOCKER}`, "utf16le").swap16()],
  ])("as it is with %s", (_, bytes) => {
    expect(readBuilderOutput(bytes, "it")).toEqual(read(DOCKER));
  });

  test("tells which digests may be of a config", () => {
    const maybe = [BUILD, DOCKER, HELM, ORAS, JIB, REPORT, SYNC, A, GORELEASER, `a/b@${A}`].map(
      (output) => read(output).images[0],
    );
    expect(maybe.filter((image) => image?.isMaybeConfig).map((image) => image?.from)).toEqual([
      "digest-file",
      "goreleaser-digests",
    ]);
  });
});

describe("tells a problem beside what was pushed", () => {
  const unknown = "image-digest-unknown";
  test.each<[string, Output, string, string | undefined]>([
    ["GoReleaser's line without a digest", GORELEASER, unknown, "1.4.0"],
    [
      "docker push that ended early",
      `The push refers to repository [a.example/b]\ndenied\n${DOCKER}`,
      unknown,
      undefined,
    ],
    [
      "docker push that ended early at last",
      `${DOCKER}The push refers to repository [a.example/b]\n`,
      unknown,
      undefined,
    ],
    ["helm push that ended early", `Pushed: a.example/b:1\n${HELM}`, unknown, "1"],
    ["a reference without digest", `a.example/b@${A}\na.example/b:2\n`, unknown, "2"],
    ["skopeo sync into a folder", `${SYNC}${A} dir:/srv/widget:1.4.0\n`, "image-not-pushed", undefined],
    ["a target of bake that was loaded", { a: BUILD, b: LOADED }, "image-not-pushed", undefined],
    [
      "a target of bake with a name alone",
      { a: BUILD, b: { "image.name": "a.example/b:3" } },
      "image-not-pushed",
      undefined,
    ],
  ])("%s", (_, output, code, tag) => {
    const { images, problems } = read(output);
    expect(images.length).toBeGreaterThan(0);
    expect(problems.map((problem) => [problem.code, problem.reference?.tag])).toEqual([[code, tag]]);
  });

  test.each<[string, Output]>([
    ["helm push that printed no digest", "Pushed: a.example/b:1.4.0"],
    ["GoReleaser without any digest", "  a.example/b:1.4.0\n"],
    ["ko that names tags alone", "a.example/b:1.4.0"],
  ])("or where it tells no digest at all, which the registry may: %s", (_, output) => {
    const reference = { registry: "a.example", repository: "b", tag: "1.4.0" };
    const message = 'the output names "a.example/b:1.4.0" without its digest';
    expect(read(output)).toMatchObject({ images: [], problems: [{ code: unknown, message, reference }] });
  });
});

describe("refuses what names no image that was pushed", () => {
  test.each<[string, Output, RegExp]>([
    ["nothing", "", /empty/],
    ["blanks", "\r\n \t", /empty/],
    ["a build into Docker's own store", LOADED, /digest of a config.*acme\/widget.*--metadata-file/s],
    [
      "a build into Docker's own store that tells no config",
      without(LOADED, "containerimage.config.digest"),
      /digest of a config/,
    ],
    [
      "a build that describes its config alone",
      without(LOADED, "containerimage.digest", "containerimage.config.digest"),
      /digest of a config/,
    ],
    [
      "a build that tells its config's digest alone",
      { "containerimage.config.digest": CONFIG },
      /digest of a config.*--push/s,
    ],
    ["a build without output", { "buildx.build.ref": "b/b0/x" }, /no digest of an image/],
    ["bake of targets without output", { test: { "buildx.build.ref": "b/b0/x" } }, /names no image/],
    ["Jib into a daemon", { ...JIB, imagePushed: false }, /did not push.*jib:build/s],
    ["Jib that tells the image id alone", without(JIB, "imageDigest"), /no imageDigest/],
    ["pack into a daemon", REPORT.replace(`digest = "${A}"`, `image-id = "${CONFIG}"`), /image-id.*--publish/s],
    ["pack with one digest for both", `${REPORT}  image-id = "${A}"\n`, /image-id/],
    ["oras attach", without(ORAS, "referenceAsTags"), /unknown\.artifact\.v1.*oras push/s],
    ["Helm before 3.8", `ref:     a.example/b:1\ndigest:  ${"a".repeat(64)}\n`, /archive.*3\.8/s],
    ["skopeo sync into a folder", `${A} dir:/srv/widget`, /in no registry/],
    ["docker push that was denied", "The push refers to repository [a.example/b]\ndenied", /without its digest/],
    ["a name without tag and digest", "a.example/b", /without its digest/],
  ])("%s", (_, output, said) => {
    const { code, message, hint } = refusal(output);
    expect(code).toBe("NOTHING_PUSHED");
    expect(message.split("the output")).toHaveLength(2);
    expect(`${message}\n${hint}`).toMatch(said);
  });
});

describe("refuses what is broken", () => {
  test.each<[string, Output, RegExp]>([
    ["another text", "hello world", /no form.*"hello world"/],
    ["a list", "[{}]", /no form/],
    ["other JSON", { hello: "world" }, /no form/],
    ["half of a file", JSON.stringify(BUILD).slice(0, -20), /not JSON/],
    ["a key twice", `{"containerimage.digest":"${A}","containerimage.digest":"${B}"}`, /twice/],
    ["a prototype", `{"__proto__":{"containerimage.digest":"${A}"}}`, /__proto__/],
    ["a digest in capitals", `sha256:${"A".repeat(64)}`, /not a digest/],
    ["a digest too short", "sha256:abc", /not a digest/],
    ["a weak digest", `sha1:${"a".repeat(40)}`, /not a digest/],
    ["a digest that is no text", { ...BUILD, "containerimage.digest": 1 }, /no text/],
    ["a name that is none", { ...BUILD, "image.name": "https://a.example/b" }, /URL/],
    ["a name with another digest", { ...ORAS, reference: `localhost:5077/acme/widget@${B}` }, /told to be/],
    ["one tag with two digests", `a.example/b:1@${A}\na.example/b:1@${B}`, /1 is told to be .* and/],
    ["a line of another form among references", `a.example/b@${A}\nhello world`, /hello/],
    ["a line of another form among digests", `${A}\nhello`, /"hello"/],
    ["a line of another form in skopeo's", `${SYNC}hello`, /hello/],
    ["a line of another form in GoReleaser's", `${GORELEASER}hello`, /line 4/],
    ["a name in GoReleaser's that is none", `${"a".repeat(64)}  a.example/B:1`, /B:1/],
    ["docker push of nowhere", `1: digest: ${A} size: 1`, /which repository/],
    ["docker push with a line cut off", `${DOCKER}3: digest: sha2`, /3: digest/],
    ["docker's and helm's push in one", DOCKER + HELM, /docker push.*helm push/],
    ["a report that is no TOML", `${REPORT}\n= 1`, /no TOML/],
    ["a report that is too long", `${REPORT}# ${"x".repeat(1024 * 1024)}`, /more than a report/],
    ["a report whose tags are none", REPORT.replace(/tags = .*/, "tags = [1]"), /list of texts/],
    ["tags that are none", { ...JIB, tags: [1] }, /list of texts/],
    ["tags that are no list", { ...JIB, tags: "1" }, /list of texts/],
    ["oras push of a blob", { ...ORAS, mediaType: "text/plain" }, /type of a manifest/],
  ])("%s", (_, output, said) => {
    const { code, message } = refusal(output);
    expect(code).toBe("BUILDER_OUTPUT_INVALID");
    expect(message.split("the output")).toHaveLength(2);
    expect(message).toMatch(said);
    expect(message.length).toBeLessThan(800);
  });

  test("what is not text", () => {
    expect(() => readBuilderOutput(Buffer.from([0x80, 0x0a]), "it")).toThrow("it is not text in UTF-8");
  });

  test.each<[string, string]>([
    ["16 MB and more", " ".repeat(16 * 1024 * 1024 + 1)],
    ["10,001 images", `${A}\n`.repeat(10_001)],
    ["10,001 names", JSON.stringify({ ...BUILD, "image.name": "a/b,".repeat(10_001) })],
    ["a million lines", "a\n".repeat(1_000_001)],
  ])("%s", (_, output) => {
    expect(refusal(output).code).toBe("TOO_LARGE");
  });
});
