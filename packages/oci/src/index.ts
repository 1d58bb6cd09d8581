// words
export { OciError, type OciErrorCode } from "./error.ts";
export type { Answered, OciReason, OciReasonCode } from "./reason.ts";
export {
  formatReference,
  formatRepository,
  imagePurl,
  parseImagePurl,
  parseReference,
  parseRepository,
  type Reference,
  type Repository,
} from "./reference.ts";
export { platformLocation, registryLocation } from "./location.ts";
export type { Annotations, Descriptor } from "./descriptor.ts";
export type { ImageIndex, ImageManifest, Manifest } from "./manifest.ts";
export { roleOfDigest, type DigestRole } from "./chart.ts";
export { attToBundle } from "./att-to-bundle.ts";

// builders
export { readBuilderOutput } from "./builders/read-builder-output.ts";
export type { BuilderForm, BuilderProblem, PushedImage, PushedImages } from "./builders/pushed-images.ts";

// layouts
export { openLayout, type Layout } from "./layout.ts";
export { listImages, type ImageList } from "./list-images.ts";
export { createLayoutStore } from "./layout-store.ts";

// registries
export { readCredentials, type CredentialsRequest, type RegistryCredentials } from "./credentials/read-credentials.ts";
export type { FetchedManifest, Resolved } from "./registry/fetch-manifest.ts";
export type { Uploaded, WrittenManifest } from "./registry/push.ts";
export {
  createRegistry,
  type ReferrerList,
  type Registry,
  type RegistryList,
  type RegistryOptions,
} from "./registry/registry.ts";
export { createOciInventory } from "./inventory/oci-inventory.ts";
export { listPlatforms } from "./inventory/list-platforms.ts";
export { createOciStore, type OciStoreOptions } from "./store/oci-store.ts";
export { confirmImage, type ConfirmedImage, type PushedReference } from "./confirm/confirm-image.ts";
export type { Patience } from "./patience.ts";
export { matchPushed, type MatchedPushed } from "./confirm/match-pushed.ts";
export { observeImages, subjectsOfImage } from "./confirm/subjects.ts";
export { attach, type Attached, type AttachRequest } from "./attach/attach.ts";
export { createOciDepository, type OciDepositoryOptions } from "./attach/depository.ts";

// classic Helm repositories
export { createHelmInventory, type HelmInventoryOptions } from "./helm/helm-inventory.ts";
export { hashArchive, type HashedArchive } from "./helm/hash-archive.ts";
export { createSidecarStore } from "./helm/sidecar-store.ts";
