import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { CleanUp } from "./colophon.ts";

/** Text that a secret shows as: itself, in hexadecimal, and in base64 wherever it stands in what is encoded. */
export function formsOf(secret: string): string[] {
  const inBase64 = [0, 1, 2].map((before) => {
    const text = Buffer.from(`${"\0".repeat(before)}${secret}`).toString("base64");
    // The outermost digits depend on what is beside it.
    return text.replace(/=+$/, "").slice(before === 0 ? 0 : before + 1, -1);
  });
  const inUrls = inBase64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [secret, Buffer.from(secret).toString("hex"), encodeURIComponent(secret), ...inBase64, ...inUrls];
}

/** The names of those secrets that a text shows, what is in its base64 included. */
export function shownIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret).some((form) => text.includes(form)) ? [name] : [],
  );
}

/** The paths and bytes of all files below a folder, as text. */
export async function readAll(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await readFile(file, "latin1")])));
}

/** A `git` that writes down how it is called and then is the real one, and a checkout whose remote holds a secret. */
export async function recordGit(folder: string, remote: string): Promise<{ path: string; calls: string }> {
  const [bin, calls] = [join(folder, ".bin"), join(folder, ".git/calls")];
  const git = (...args: string[]): unknown => execFileSync("git", ["-C", folder, ...args], { stdio: "pipe" });
  git("init", "--quiet");
  git("remote", "add", "origin", remote);
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.test"];
  git(...who, "commit", "--quiet", "--allow-empty", "-m", "one");
  await mkdir(bin);
  const real = execFileSync("sh", ["-c", "command -v git"]).toString().trim();
  await writeFile(join(bin, "git"), `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >>'${calls}'\nexec '${real}' "$@"\n`);
  await chmod(join(bin, "git"), 0o755);
  return { path: `${bin}:${process.env["PATH"]}`, calls };
}

/** A proxy that lets nobody through, and repeats what it was sent. */
export async function startProxy(cleanUp: CleanUp): Promise<{ host: string; seen: string[] }> {
  const seen: string[] = [];
  const told = ({ rawHeaders }: IncomingMessage): string => {
    seen.push(rawHeaders.join("\n"));
    return rawHeaders.join(" ");
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(407).end(told(request));
  });
  server.on("connect", (request: IncomingMessage, socket) => {
    socket.end(`HTTP/1.1 407 Proxy Authentication Required\r\nx-told: ${told(request)}\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUp(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}
