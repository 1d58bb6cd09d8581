import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { openServices, type SigningServices } from "@colophon/config/emission";
import { parseStatement, toBundle, type JsonObject, type NotDone, type Testimony } from "@colophon/core";
import { authenticateBundle } from "./authenticate.ts";
import { digestOf } from "./digest.ts";
import { requireFiles, USAGE } from "./usage.ts";

/** Signs, verifies what came out and only then writes it. Why there is no bundle; undefined where there is. */
export async function signBundle(args: string[]): Promise<string | undefined> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      staging: { type: "boolean" },
      "in-toto": { type: "boolean" },
      "identity-token": { type: "string" },
      bundle: { type: "string" },
      "trusted-root": { type: "string" },
      "signing-config": { type: "string" },
    },
  });
  const { bundle: file, "identity-token": token, "trusted-root": root, "signing-config": signingConfig } = values;
  const [artifact] = positionals;
  if (file === undefined || token === undefined || artifact === undefined) throw new Error(USAGE);
  requireFiles(values.staging, { "--signing-config": signingConfig, "--trusted-root": root });
  const bytes = await readFile(artifact);
  const services = await open(token, signingConfig);
  try {
    const signing = await services.opened;
    const bundle = values["in-toto"] === true ? await signEnvelope(signing, bytes) : await signing.signMessage(bytes);
    if (isNotDone(bundle)) return bundle.reason.message;
    const text = `${JSON.stringify(bundle)}\n`;
    const trusted = root === undefined ? {} : { root };
    const found = await authenticateBundle(Buffer.from(text), file, digestOf(bytes), trusted);
    if (typeof found === "string") return found;
    if (!found.ok) return `what was signed does not verify: ${found.check}: ${found.message}`;
    await writeFile(file, text);
    return undefined;
  } finally {
    await services.close();
  }
}

/** The token is the one that is given, whatever job this runs in. */
async function open(token: string, signingConfig: string | undefined): Promise<SigningServices> {
  return await openServices({
    services: signingConfig === undefined ? {} : { signingConfig },
    env: { ...process.env, GITHUB_ACTIONS: "", GITLAB_CI: "", SIGSTORE_ID_TOKEN: token },
    now: () => new Date(),
    offline: false,
    userAgent: "colophon-conformance",
  });
}

async function signEnvelope({ signer, witnesses }: Opened, statement: Uint8Array): Promise<JsonObject | NotDone> {
  parseStatement(Buffer.from(statement).toString("utf8"));
  const envelope = await signer.sign(statement);
  if ("status" in envelope) return envelope;
  const testimony: Testimony[] = [];
  for (const witness of witnesses) {
    const said = await witness.witness(envelope);
    if ("status" in said) return said;
    testimony.push(said);
  }
  return toBundle(envelope, testimony);
}

type Opened = Awaited<SigningServices["opened"]>;

function isNotDone(made: JsonObject | NotDone): made is NotDone {
  return "reason" in made;
}
