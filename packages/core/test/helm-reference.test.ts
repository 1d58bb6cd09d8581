import { expect, test } from "vitest";
import { parseObjectReference } from "../src/object-reference.ts";
import { thrownBy } from "./thrown.ts";

const STABLE = "https://charts.example/stable";
const OCI = "ghcr.io/acme/charts/widget";
const SECRET = "hunter2";

test.each<[string, string, string?, string?]>([
  [`helm:${STABLE}`, STABLE],
  [`helm:${STABLE}/`, `${STABLE}/`],
  [`helm:${STABLE}/widget`, `${STABLE}/widget`],
  [`helm:${STABLE}/widget@1.4.0`, `${STABLE}/widget`, "1.4.0"],
  [`helm:${STABLE}/widget@1.4.0+build.7`, `${STABLE}/widget`, "1.4.0+build.7"],
  [`helm:${STABLE}/widget@>=1.0.0 <2 || ^3`, `${STABLE}/widget`, ">=1.0.0 <2 || ^3"],
  [`helm:${STABLE}/widget@latest?sig=a@b`, `${STABLE}/widget`, "latest", "sig=a@b"],
  ["helm:HTTPS://Charts.Example:443//widget@1", "https://charts.example//widget", "1"],
  ["helm:https://charts.example", "https://charts.example"],
  ["helm:http://127.0.0.1:8080/widget", "http://127.0.0.1:8080/widget"],
  ["helm:http://[::1]:8080/widget", "http://[::1]:8080/widget"],
  ["helm:http://localhost/widget", "http://localhost/widget"],
  [`helm:${OCI}`, OCI],
  [`helm:${OCI}@1.4.0+build.7`, OCI, "1.4.0+build.7"],
  [`helm:oci://${OCI}@^1`, OCI, "^1"],
  [`helm:OCI://${OCI}:1.4.0_build.7`, OCI, "1.4.0_build.7"],
  ["helm:localhost:5000/widget:1.0.0", "localhost:5000/widget", "1.0.0"],
  [`helm:${OCI}@sha256:${"a".repeat(64)}`, OCI, `sha256:${"a".repeat(64)}`],
  [
    "pkg:helm/widget@1.4.0%2Bbuild.7?repository_url=https:%2F%2Fcharts.example%2Fstable",
    `${STABLE}/widget`,
    "1.4.0+build.7",
  ],
  ["pkg:helm/widget?repository_url=https://charts.example/stable/", `${STABLE}/widget`],
])("%s is a chart or repository", (text, name, range, query) => {
  expect(parseObjectReference(text)).toEqual({
    kind: "helm",
    name,
    ...(range !== undefined && { range }),
    ...(query !== undefined && { query }),
  });
});

test.each([
  ["helm:acme/widget", "neither a repository's URL nor a registry"],
  ["helm:", "neither a repository's URL nor a registry"],
  ["helm:widget@1.0.0", "neither a repository's URL nor a registry"],
  ["helm:ghcr.io", "neither a repository's URL nor a registry"],
  [`helm:robot:${SECRET}@ghcr.io/widget`, "has user info"],
  [`helm:${OCI}@`, "nothing behind its last @"],
  [`helm:${OCI}:`, "nothing behind one"],
  [`helm:${OCI}:1.0.0@2.0.0`, "a colon and an @"],
  [`helm:${STABLE}/widget@?sig=${SECRET}`, "nothing behind its last @"],
  [`helm:https://robot:${SECRET}@charts.example/widget`, "has user info"],
  [`helm:https://${SECRET}@charts.example?x`, "has user info"],
  ["helm:http://charts.example/stable", "in the clear"],
  ["helm:http://127.0.0.1.evil.example/stable", "in the clear"],
  ["helm:https://charts.example@1.0.0", "has user info"],
  ["helm:https://charts.example/@1.0.0", "names no chart"],
  ["helm:https:///stable", "not a repository's URL"],
  ["helm:https://charts.example/a%2fb", "not a repository's URL"],
  ["helm:https://charts.example/a\\b", "not a repository's URL"],
  ["helm:https://charts.example/a#b", "not a repository's URL"],
  ["helm:s3://bucket/charts", "not how charts are served"],
  ["pkg:helm/widget@1.4.0", "does not name a chart"],
  ["pkg:helm/acme/widget@1.4.0?repository_url=https://charts.example", "does not name a chart"],
  ["pkg:helm/widget@1.4.0?repository_url=https://charts.example&arch=x", "does not name a chart"],
  ["pkg:helm/widget@1.4.0?repository_url=https://charts.example?x", "does not name a chart"],
])("%s is refused, and repeats no secret", (text, why) => {
  const error = thrownBy(() => parseObjectReference(text));
  expect(error).toMatchObject({ code: "OBJECT_INVALID", message: expect.stringContaining(why) as string });
  expect(error.hint).toBeDefined();
  expect(`${error.message} ${error.hint}`).not.toContain(SECRET);
});
