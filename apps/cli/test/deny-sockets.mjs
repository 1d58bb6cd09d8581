// Preloaded where the kernel gives no empty network namespace: whatever would open a socket fails loudly instead.
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";
import { syncBuiltinESMExports } from "node:module";

const deny = (what) => () => {
  process.stderr.write(`DENIED: ${what}\n`);
  process.exit(99);
};

net.Socket.prototype.connect = deny("connect");
net.Server.prototype.listen = deny("listen");
dgram.Socket.prototype.send = deny("send");
dns.lookup = deny("lookup");
dns.promises.lookup = deny("lookup");
syncBuiltinESMExports();
