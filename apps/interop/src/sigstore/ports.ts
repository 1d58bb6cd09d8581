import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/** Below the ports that systems give to outgoing connections: one of those could be taken before its server starts. */
const [FIRST, LAST] = [10_000, 32_000];

/** That many free ports of 127.0.0.1, all different: each is held until all are found. */
export async function findFreePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  for (let port = randomInt(FIRST, LAST); held.size < count; port = port < LAST ? port + 1 : FIRST) {
    const server = await tryPort(port);
    if (server !== undefined) held.set(port, server);
  }
  await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  return [...held.keys()];
}

async function tryPort(port: number): Promise<Server | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once("error", () => resolve(undefined)).listen(port, "127.0.0.1", () => resolve(server));
  });
}
