import { spawn, type ChildProcess } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { openSync, readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Server as NetServer } from "node:net";
import { join } from "node:path";
import { lastLines } from "../process.ts";
import { waitUntilHealthy } from "./health.ts";
import { createIssuer } from "./issuer.ts";
import { seedLog } from "./seed-log.ts";
import type { Server } from "./servers.ts";

// Runs the servers of a Sigstore where it itself runs: in a network of its own, or in everybody's. It says `ready` on
// stdout, and ends, with all of them, when its stdin does: a parent that crashed closes that too.

/** What the first argument, a file, holds as JSON. */
export interface SupervisorPlan {
  /** An own folder for HOME, and one for the servers' output. */
  readonly home: string;
  readonly logs: string;
  readonly issuerKey: string;
  readonly issuers: readonly {
    readonly url: string;
    readonly port: number;
    readonly tls?: { readonly certificate: string; readonly key: string };
  }[];
  readonly stages: readonly (readonly Server[])[];
  readonly rekor: string;
  readonly rekorV1?: string;
}

const children: ChildProcess[] = [];
let ending = false;

function end(code: number): void {
  ending = true;
  process.exitCode = code;
  for (const child of children) child.kill("SIGKILL");
  process.exit();
}

function start({ name, command: [command = "", ...args], env }: Server, { home, logs }: SupervisorPlan): void {
  const log = openSync(join(logs, `${name}.log`), "w");
  const child = spawn(command, args, {
    env: { PATH: process.env["PATH"], HOME: home, ...env },
    stdio: ["ignore", log, log],
  });
  children.push(child);
  const fail = (why: string): void => {
    if (ending) return;
    const said = lastLines(readFileSync(join(logs, `${name}.log`), "utf8"));
    process.stderr.write(`${name} ${why}:\n${said}\n`);
    end(1);
  };
  child.once("error", (error) => fail(error.message));
  child.once("exit", (code, signal) => fail(`ended with ${code ?? signal}`));
}

async function serveIssuer({ url, port, tls }: SupervisorPlan["issuers"][number], keyFile: string): Promise<void> {
  const listener = createIssuer(url, createPrivateKey(readFileSync(keyFile)));
  const server: NetServer =
    tls === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
}

process.stdin.once("close", () => end(0)).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => end(0));
try {
  const plan = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as SupervisorPlan;
  for (const issuer of plan.issuers) await serveIssuer(issuer, plan.issuerKey);
  for (const stage of plan.stages) {
    for (const server of stage) start(server, plan);
    await Promise.all(stage.map(waitUntilHealthy));
  }
  await seedLog(plan.rekor, 2);
  if (plan.rekorV1 !== undefined) await seedLog(plan.rekorV1, 1);
  process.stdout.write("ready\n");
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  end(1);
}
