import type { Server } from "node:http";
import { join } from "node:path";
import { runServer } from "verdaccio";

// Verdaccio in a folder, for `startVerdaccio`: tells its parent the port, and ends with it.

const folder = process.argv[2] ?? "";
const RIGHTS = { access: "$all", publish: "$authenticated", unpublish: "$authenticated" };

const server = (await runServer({
  self_path: join(folder, "config.yaml"),
  storage: join(folder, "storage"),
  auth: { htpasswd: { file: join(folder, "htpasswd"), algorithm: "bcrypt", rounds: 4 } },
  uplinks: {},
  packages: { "@*/*": RIGHTS, "**": RIGHTS },
  web: { enable: false },
  log: { type: "stdout", format: "pretty", level: "warn" },
} as never)) as Server;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) process.send?.(address.port);
});
process.once("disconnect", () => process.exit());
