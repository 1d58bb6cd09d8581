import { expect, test } from "vitest";
import { archiveUrl, indexUrl, showRepository, showUrl } from "../../src/helm/repository.ts";

const STABLE = { url: "https://charts.example/stable/", query: "?sig=secret" };

test.each<[string, string | null]>([
  ["widget-1.4.0.tgz", "https://charts.example/stable/widget-1.4.0.tgz?sig=secret"],
  ["charts/widget-1.4.0.tgz?other=1", "https://charts.example/stable/charts/widget-1.4.0.tgz?sig=secret"],
  ["/widget-1.4.0.tgz", "https://charts.example/widget-1.4.0.tgz?sig=secret"],
  ["../widget-1.4.0.tgz#part", "https://charts.example/widget-1.4.0.tgz?sig=secret"],
  ["https://charts.example/stable/widget-1.4.0.tgz", "https://charts.example/stable/widget-1.4.0.tgz"],
  ["https://other.example/widget-1.4.0.tgz?own=1", "https://other.example/widget-1.4.0.tgz?own=1"],
  ["//other.example/widget-1.4.0.tgz", "https://other.example/widget-1.4.0.tgz"],
  ["\\\\other.example/widget-1.4.0.tgz", "https://other.example/widget-1.4.0.tgz"],
  ["s3://bucket/widget-1.4.0.tgz", null],
  ["file:///etc/passwd", null],
  ["javascript:alert(1)", null],
  ["https://", null],
])("an archive at %s is asked for where Helm would", (reference, expected) => {
  expect(archiveUrl(STABLE, reference)?.href ?? null).toBe(expected);
});

test("a repository's query goes with its index, and is shown nowhere", () => {
  expect(indexUrl(STABLE)).toBe("https://charts.example/stable/index.yaml?sig=secret");
  expect(showRepository(STABLE)).toBe("https://charts.example/stable");
  expect(showUrl(new URL("https://robot:secret@charts.example/a.tgz?sig=secret"))).toBe("https://charts.example/a.tgz");
});
