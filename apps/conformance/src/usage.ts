export const USAGE: string = [
  "usage: conformance sign-bundle [--staging] [--in-toto] --identity-token TOKEN --bundle FILE [--trusted-root FILE] [--signing-config FILE] FILE",
  "       conformance verify-bundle [--staging] --bundle FILE (--certificate-identity S --certificate-oidc-issuer URI | --key PEM) [--trusted-root FILE] FILE_OR_DIGEST",
].join("\n");

/** Nothing of the staging instance is built in. Throws where it is meant, and a file of it is not given. */
export function requireFiles(
  isStaging: boolean | undefined,
  files: Readonly<Record<string, string | undefined>>,
): void {
  const missing = Object.keys(files).filter((option) => files[option] === undefined);
  if (isStaging === true && missing.length > 0)
    throw new Error(`the staging instance is known by its files alone: give ${missing.join(" and ")}`);
}
