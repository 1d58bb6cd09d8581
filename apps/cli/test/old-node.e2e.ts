import { expect, test } from "vitest";
import { colophon } from "./colophon.ts";

/** Node.js says that it is of that version. */
function pretend(version: string): string {
  const code = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

test("an older Node.js is told to be too old, not to be a fault of Colophon", async () => {
  const { code, stdout, stderr } = await colophon(["--version"], { nodeOptions: [pretend("20.20.2")] });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe("colophon: Node.js 20.20.2 is too old\n  → Use Node.js 22.22.2 or newer.\n");
});

test("the oldest that is supported runs", async () => {
  const { code } = await colophon(["--version"], { nodeOptions: [pretend("22.22.2")] });
  expect(code).toBe(0);
});
