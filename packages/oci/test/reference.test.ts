import { describe, expect, test } from "vitest";
import { OciError } from "../src/error.ts";
import { formatReference, imagePurl, parseImagePurl, parseReference, parseRepository } from "../src/reference.ts";

const HEX = "b6a98d9ce9a2d9149288fa3df42d377c3e42737afdcdaf714e33c0a100b51060";

function refused(parse: () => unknown): OciError {
  try {
    parse();
  } catch (error) {
    if (error instanceof OciError) return error;
    throw error;
  }
  throw new Error("accepted");
}

describe("a reference", () => {
  test.each([
    ["nginx", "docker.io", "library/nginx", "latest"],
    ["acme/widget:1.4.0", "docker.io", "acme/widget", "1.4.0"],
    ["docker.io/nginx:1", "docker.io", "library/nginx", "1"],
    ["index.docker.io/nginx:1", "docker.io", "library/nginx", "1"],
    ["registry-1.docker.io/library/nginx:1", "docker.io", "library/nginx", "1"],
    ["localhost/widget", "localhost", "widget", "latest"],
    ["localhost:5000/acme/widget", "localhost:5000", "acme/widget", "latest"],
    ["registry.example:8443/a/b/c:1", "registry.example:8443", "a/b/c", "1"],
    ["Registry.Example/a", "registry.example", "a", "latest"],
    ["[::1]:5000/widget:1", "[::1]:5000", "widget", "1"],
    ["oci://ghcr.io/acme/charts/widget:1.4.0", "ghcr.io", "acme/charts/widget", "1.4.0"],
    ["a__b/c-d.e:_x.y-z", "docker.io", "a__b/c-d.e", "_x.y-z"],
    [`ghcr.io/acme/widget:1.4.0@sha256:${HEX}`, "ghcr.io", "acme/widget", "1.4.0", `sha256:${HEX}`],
    [`ghcr.io/acme/widget@sha256:${HEX}`, "ghcr.io", "acme/widget", undefined, `sha256:${HEX}`],
    [`localhost:5000/widget@sha512:${HEX}${HEX}`, "localhost:5000", "widget", undefined, `sha512:${HEX}${HEX}`],
  ])("%s is read as Docker reads it", (text, registry, repository, tag, digest?: string) => {
    const read = parseReference(text);
    expect(read).toEqual({ registry, repository, ...(tag && { tag }), ...(digest && { digest }) });
    expect(parseReference(formatReference(read))).toEqual(read);
  });

  test.each([
    ["ghcr.io/Acme/Widget:1.4.0", "REFERENCE_UPPER_CASE", '"ghcr.io/acme/widget:1.4.0"'],
    ["Acme/widget", "REFERENCE_UPPER_CASE", '"acme/widget"'],
    [`ghcr.io/acme/widget@sha256:${HEX.toUpperCase()}`, "REFERENCE_DIGEST", "lower-case"],
    ["ghcr.io/acme/widget@sha256:b6a98d", "REFERENCE_DIGEST", "sha256:"],
    [`ghcr.io/acme/widget@sha384:${HEX}`, "REFERENCE_DIGEST", "sha256:"],
    [`ghcr.io/acme/widget@sha256:${HEX}:x`, "REFERENCE_DIGEST", "sha256:"],
    ["ghcr.io/acme/widget:", "REFERENCE_TAG", "latest"],
    ["ghcr.io/acme/charts/widget:1.4.0+build.7", "REFERENCE_TAG", '"1.4.0_build.7"'],
    [`widget:${"a".repeat(129)}`, "REFERENCE_TAG", "128"],
    ["https://ghcr.io/acme/widget", "REFERENCE_SCHEME", '"oci://ghcr.io/acme/widget"'],
    ["oci://https://ghcr.io/acme/widget", "REFERENCE_SCHEME", '"oci://ghcr.io/acme/widget"'],
    ["docker://ghcr.io/acme/widget", "REFERENCE_SCHEME", '"oci://ghcr.io/acme/widget"'],
    ["", "REFERENCE_INVALID", "registry.example"],
    ["ghcr.io/", "REFERENCE_INVALID", "registry.example"],
    ["ghcr.io/acme/../widget", "REFERENCE_INVALID", "registry.example"],
    ["ghcr.io/acme/wid get", "REFERENCE_INVALID", "registry.example"],
    ["user@ghcr.io/acme/widget", "REFERENCE_DIGEST", "sha256:"],
    ["-a.example/acme/widget", "REFERENCE_INVALID", "registry.example"],
    ["a".repeat(256), "REFERENCE_INVALID", "registry.example"],
    ["a".repeat(5000), "REFERENCE_INVALID", "registry.example"],
  ])("%.80s is refused and the hint says what to write", (text, code, hint) => {
    const error = refused(() => parseReference(text));
    expect(error.code).toBe(code);
    expect(error.hint).toContain(hint);
    expect(error.message.length).toBeLessThan(700);
  });

  test("is no repository by itself", () => {
    expect(parseRepository("registry.example:5000/acme/widget")).toEqual({
      registry: "registry.example:5000",
      repository: "acme/widget",
    });
    for (const text of ["acme/widget:1", `acme/widget@sha256:${HEX}`]) {
      expect(refused(() => parseRepository(text)).code).toBe("REFERENCE_INVALID");
    }
  });
});

test.each([
  "https://bob:hunter2@ghcr.io/acme/w:1",
  "oci://bob:hunter2@ghcr.io/acme/w:1",
  "bob:hunter2@ghcr.io/acme/w:1",
  "bob:hunter2@ghcr.io/Acme/w:1",
])("what %s is refused with tells no password", (text) => {
  for (const parse of [parseReference, parseRepository]) {
    const { message, hint } = refused(() => parse(text));
    expect(`${message} ${hint}`).not.toMatch(/hunter2|bob/);
    expect(`${message} ${hint}`).toMatch(/ghcr\.io\/acme\/w/i);
  }
});

test("an image's purl is read back, and nothing else is one", () => {
  const purl = imagePurl(parseReference("localhost:5000/acme/widget:1.4.0"), `sha256:${HEX}`);
  expect(parseImagePurl(purl)).toEqual({
    registry: "localhost:5000",
    repository: "acme/widget",
    digest: `sha256:${HEX}`,
  });
  for (const text of [
    "pkg:npm/widget@1.0.0",
    "pkg:oci/widget@1",
    `pkg:oci/widget@sha256:${HEX}`,
    "pkg:oci/%",
    "widget",
  ])
    expect(parseImagePurl(text)).toBeUndefined();
});

test("an image's purl tells its repository and no tag", () => {
  expect(imagePurl(parseReference("localhost:5000/acme/widget:1.4.0"), `sha256:${HEX}`)).toBe(
    `pkg:oci/widget@sha256:${HEX}?repository_url=localhost:5000%2Facme%2Fwidget`,
  );
});
