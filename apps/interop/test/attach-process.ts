import { readFileSync } from "node:fs";
import { createHttp } from "@colophon/http";
import { attach, createRegistry } from "@colophon/oci";
import { digestOf } from "./registry-client.ts";

// Attaches one bundle to one image, and says as JSON what it saw. Exit 1: it did not attach it.

/** What the first argument holds as JSON. */
export interface AttachRun {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  readonly repository: string;
  readonly subject: string;
  /** File. */
  readonly bundle: string;
}

const { host, repository, subject, bundle } = JSON.parse(process.argv[2] ?? "") as AttachRun;
const http = createHttp({ userAgent: "colophon-interop", trustedHosts: [host] });
const bytes = readFileSync(bundle);
const attached = await attach({
  registry: createRegistry({ http }),
  repository: { registry: host, repository },
  subject,
  bundle: { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", bytes, digest: digestOf(bytes) },
  created: new Date().toISOString(),
});
await http.close();
process.stdout.write(JSON.stringify(attached.ok ? attached.value : attached.reason));
if (!attached.ok) process.exitCode = 1;
