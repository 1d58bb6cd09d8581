import { generateKeyPairSync } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOf, PEERS, type CommandName } from "../peers.ts";
import { run, runWell } from "../process.ts";
import { HOST, toFlags, type Server } from "./servers.ts";

/** Rekor v1: its server, and Trillian's two on PostgreSQL and Redis. */
export interface RekorV1 {
  readonly address: string;
  /** PEM file. */
  readonly publicKey: string;
  readonly stages: readonly (readonly Server[])[];
}

export const REKOR_V1_PORT_COUNT = 7;

const PEERS_NEEDED = ["rekor", "trillian-log-server", "trillian-log-signer"] as const satisfies CommandName[];

/** What of Rekor v1 is not on this machine; empty: it can run. */
export async function findMissingOfRekorV1(): Promise<string[]> {
  const peers = PEERS_NEEDED.filter((name) => !existsSync(commandOf(name)));
  const redis = (await run(["redis-server", "--version"])).code === 0 ? [] : ["redis-server"];
  const postgres = findPostgres() === undefined ? ["PostgreSQL"] : [];
  const schema = existsSync(await findSchema()) ? [] : ["Trillian's schema in Go's module cache"];
  return [...peers, ...redis, ...postgres, ...schema];
}

/** The folder of PostgreSQL's commands, where Debian puts it. */
function findPostgres(): string | undefined {
  return globSync("/usr/lib/postgresql/*/bin").toSorted().at(-1);
}

async function findSchema(): Promise<string> {
  const { stdout } = await run(["go", "env", "GOMODCACHE"]);
  const module = `github.com/google/trillian@${PEERS["trillian-log-server"].version}`;
  return join(stdout.trim(), module, "storage/postgresql/schema/storage.sql");
}

/** Makes its database and keys below `folder`; `ports` are REKOR_V1_PORT_COUNT free ones. */
export async function prepareRekorV1(folder: string, ports: readonly number[]): Promise<RekorV1> {
  const [database, redis, log, logHttp, signer, signerHttp, rekor] = ports.map(String);
  const postgres = join(findPostgres() ?? "", "postgres");
  const data = await makeDatabase(folder, postgres);
  const key = join(folder, "rekor-v1.key");
  const publicKey = join(folder, "rekor-v1.pub");
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  await writeFile(key, keys.privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
  await writeFile(publicKey, keys.publicKey.export({ format: "pem", type: "spki" }));
  const storage = {
    storage_system: "postgresql",
    quota_system: "noop",
    postgresql_uri: `postgresql://app@${HOST}:${database}/trillian?sslmode=disable`,
  };
  const address = `http://${HOST}:${rekor}`;
  const server = (name: string, command: readonly string[], health: Server["health"]): Server => ({
    name,
    command,
    health,
  });
  return {
    address,
    publicKey,
    stages: [
      [
        server(
          "postgres",
          [...asPostgres(), postgres, "-D", data, "-h", HOST, "-p", `${database}`, "-c", "unix_socket_directories="],
          [join(postgres, "../pg_isready"), "-h", HOST, "-p", `${database}`],
        ),
        server(
          "redis",
          ["redis-server", "--bind", HOST, "--port", `${redis}`, "--save", "", "--dir", folder],
          ["redis-cli", "-h", HOST, "-p", `${redis}`, "ping"],
        ),
      ],
      [
        server(
          "trillian-log-server",
          [
            commandOf("trillian-log-server"),
            ...toFlags({ ...storage, rpc_endpoint: `${HOST}:${log}`, http_endpoint: `${HOST}:${logHttp}` }),
          ],
          `http://${HOST}:${logHttp}/healthz`,
        ),
        server(
          "trillian-log-signer",
          [
            commandOf("trillian-log-signer"),
            ...toFlags({
              ...storage,
              rpc_endpoint: `${HOST}:${signer}`,
              http_endpoint: `${HOST}:${signerHttp}`,
              force_master: "true",
              sequencer_interval: "200ms",
              batch_size: "100",
            }),
          ],
          `http://${HOST}:${signerHttp}/healthz`,
        ),
      ],
      [
        server(
          "rekor",
          [
            commandOf("rekor"),
            "serve",
            ...toFlags({
              "rekor_server.address": HOST,
              port: rekor,
              "rekor_server.hostname": HOST,
              "rekor_server.signer": key,
              "trillian_log_server.address": HOST,
              "trillian_log_server.port": log,
              "redis_server.address": HOST,
              "redis_server.port": redis,
            }),
          ],
          `${address}/api/v1/log`,
        ),
      ],
    ],
  };
}

/** PostgreSQL refuses to run as root. */
function asPostgres(): string[] {
  return process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
}

/** A fresh database with Trillian's tables, made without a server. */
async function makeDatabase(folder: string, postgres: string): Promise<string> {
  const data = join(folder, "postgres");
  await mkdir(data);
  if (asPostgres().length > 0) {
    await chmod(folder, 0o711);
    await runWell(["chown", "postgres", data]);
  }
  await runWell([...asPostgres(), join(postgres, "../initdb"), "-D", data, "-A", "trust", "-U", "app", "--no-sync"]);
  const create = join(folder, "create.sql");
  await writeFile(create, "create database trillian\n");
  const single = async (sql: string, ...args: readonly string[]): Promise<unknown> =>
    await runWell(["sh", "-c", 'exec "$@" < "$0"', sql, ...asPostgres(), postgres, "--single", "-D", data, ...args]);
  await single(create, "postgres");
  // -j: a statement ends with an empty line, and not with a line.
  await single(await findSchema(), "-j", "trillian");
  return data;
}
