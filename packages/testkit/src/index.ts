export { TestkitError, type TestkitErrorCode } from "./error.ts";
export { breakSignature, type BundleVersion, type SigstoreBundle } from "./sigstore/bundle.ts";
export { toGitHubClaims, type GitHubIdentity, type NamedIdentity } from "./sigstore/identity.ts";
export { type RegistryKey, type RegistryKeysDocument } from "./sigstore/registry-key.ts";
export {
  startSigstore,
  type AttestRequest,
  type AttestWithKeyRequest,
  type EmbeddedSigstore,
  type SignBlobRequest,
} from "./sigstore/start.ts";
export { createPlainVerifier } from "./sigstore/plain-verifier.ts";
export { seedTufCache } from "./sigstore/tuf-cache.ts";
export { serveTuf, type TufRepository } from "./sigstore/tuf-repository.ts";
export { writeTrustedRoot, type TrustedRootDocument } from "./sigstore/trusted-root.ts";
export {
  buildNpmProvenance,
  buildNpmPublishAttestation,
  buildSlsaV02,
  buildSlsaV1,
  toNpmPurl,
  type NpmSubject,
  type Statement,
} from "./statements.ts";
export { type GitHubAsset, type GitHubRelease } from "./github/release.ts";
export { startGitHub, type EmbeddedGitHub, type GitHubOptions } from "./github/server.ts";
export { startGitHubJob, toUnsignedToken, type GitHubJob, type GitHubJobOptions } from "./github-job.ts";
export { type Reply, type Request } from "./loopback-server.ts";
export { endlessBody, truncate, type RequestMatcher, type Script } from "./faults.ts";
export { toIntegrity, type PackageVersion, type RegistryPackage } from "./npm/package-data.ts";
export { type Lag } from "./npm/lag.ts";
export { type Publication } from "./npm/publish.ts";
export { startNpmRegistry, type EmbeddedNpmRegistry, type NpmRegistryOptions } from "./npm/registry.ts";
export { buildPackageTarball, buildTarball, readPackageJson } from "./npm/tarball.ts";
export { startTlsProxy, type ProxiedRequest, type TlsProxy } from "./tls/proxy.ts";
export { makeProject, type ExpectedVersion, type PublishedProject } from "./project.ts";
export { type OciAuth } from "./oci/auth.ts";
export { type OciContent, type OciDescriptor, type OciManifest } from "./oci/content.ts";
export { buildAtt, buildChart, buildFallbackIndex, buildReferrer } from "./oci/artifacts.ts";
export { buildImage, type ImageDigests, type ImageOptions } from "./oci/image.ts";
export { startOciRegistry, type EmbeddedOciRegistry, type OciRegistryOptions } from "./oci/registry.ts";
export { startHelmRepository, type EmbeddedHelmRepository, type HelmChart } from "./helm/repository.ts";
