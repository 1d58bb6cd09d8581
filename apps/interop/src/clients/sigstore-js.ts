import { join } from "node:path";
import { cannot, runClient, toAnswer, type Verifier } from "./client.ts";
import type { SigstoreJsQuestion } from "./sigstore-js-process.ts";

/** sigstore-js as a process of its own. It holds a statement's subject against nothing. */
export function askSigstoreJs(alias: "sigstore-4" | "sigstore-5"): Verifier {
  return async (question, sigstore) => {
    if (question.algorithm !== undefined) return cannot("sigstore-js looks for no digest");
    const { signer } = question;
    if (signer.kind === "github") return cannot("sigstore-js asks for no claims of GitHub's");
    const script = join(import.meta.dirname, "sigstore-js-process.ts");
    const asked: SigstoreJsQuestion = { ...question, signer, alias, trustedRoot: sigstore.trustedRoot };
    return toAnswer(await runClient(sigstore, [process.execPath, script, JSON.stringify(asked)]));
  };
}
