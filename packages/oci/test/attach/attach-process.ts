import { argv, stdout } from "node:process";
import { createHttp } from "@colophon/http";
import { attach } from "../../src/attach/attach.ts";
import { digestOf } from "../../src/digest.ts";
import { createRegistry } from "../../src/registry/registry.ts";
import { IMPATIENT } from "../impatient.ts";

/** A process that attaches one bundle: `<host> <digest of the image> <what tells the bundle from others>`. */
const [, , registry = "", subject = "", note = ""] = argv;
const http = createHttp({ userAgent: "colophon-test", trustedHosts: [registry] });
const bytes = Buffer.from(JSON.stringify({ note, dsseEnvelope: {} }));
const attached = await attach({
  registry: createRegistry({ http }),
  repository: { registry, repository: "acme/widget" },
  subject,
  bundle: { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", bytes, digest: digestOf(bytes) },
  created: "2026-01-02T03:04:05Z",
  patience: IMPATIENT,
});
await http.close();
stdout.write(attached.ok ? `${attached.value.was} ${attached.value.listed}` : JSON.stringify(attached.reason));
