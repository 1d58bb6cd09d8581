import { startRealSigstore } from "../src/sigstore/start.ts";

// Starts a Sigstore, says where, and does not end by itself.
const { sigstore } = await startRealSigstore();
process.stdout.write(`${JSON.stringify(sigstore)}\n`);
