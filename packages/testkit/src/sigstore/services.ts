import type { CertificateAuthority, TimestampAuthority } from "./authority.ts";
import type { TransparencyLog } from "./log.ts";

/** The services that take part in the making of a bundle. */
export interface SigningServices {
  readonly ca: CertificateAuthority;
  readonly tsa: TimestampAuthority;
  readonly rekorV1: TransparencyLog;
  readonly rekorV2: TransparencyLog;
}
