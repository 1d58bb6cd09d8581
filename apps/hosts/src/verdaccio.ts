import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A registry and who may publish to it. */
export interface Registry {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
}

export interface Verdaccio extends Registry {
  close(): Promise<void>;
}

const LONGEST_START_MS = 30_000;

/**
 * Starts Verdaccio on a free port of 127.0.0.1, with one user, nothing in it and no other registry behind it. It keeps
 * no attestations. Throws with what it said where it does not start.
 */
export async function startVerdaccio(): Promise<Verdaccio> {
  const folder = await mkdtemp(join(tmpdir(), "colophon-verdaccio-"));
  const { PATH = "" } = process.env;
  const child = fork(join(import.meta.dirname, "verdaccio-process.ts"), [folder], {
    env: { PATH, HOME: folder },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    const port = await new Promise<number>((resolve, reject) => {
      const fail = (): void => reject(new Error(`Verdaccio did not start:\n${said}`));
      timer = setTimeout(fail, LONGEST_START_MS);
      child.once("error", reject).once("close", fail).once("message", resolve);
    });
    const url = `http://127.0.0.1:${port}`;
    return { url, token: await addUser(url), close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What `npm adduser` asks of a registry. */
async function addUser(url: string): Promise<string> {
  const response = await fetch(`${url}/-/user/org.couchdb.user:bot`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "bot", password: "password-of-the-bot" }),
  });
  if (response.status !== 201) throw new Error(`Verdaccio made no user: ${response.status} ${await response.text()}`);
  const { token } = (await response.json()) as { token: string };
  return token;
}
