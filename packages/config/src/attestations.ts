export { inspectBundle, splitAttestations } from "@colophon/sigstore";
