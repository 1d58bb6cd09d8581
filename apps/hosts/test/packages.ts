import type { Receipt } from "@colophon/core";
import type { ToolResult } from "../src/tools.ts";

export const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({ name, version: "1.0.0", repository: "github:acme/widgets", ...more });
export const packageOf = (name: string, more?: object): Record<string, string> => ({
  "package.json": manifest(name, more),
  "index.js": `export const name = ${JSON.stringify(name)};\n`,
});

export function receiptOf({ stdout, stderr }: ToolResult): Receipt {
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Receipt;
}

export const told = (receipt: Receipt): unknown =>
  receipt.objects.map(({ name, proven, published, reason }) => [
    name.replace("pkg:npm/%40acme/", ""),
    proven,
    published?.status,
    reason?.code,
  ]);
