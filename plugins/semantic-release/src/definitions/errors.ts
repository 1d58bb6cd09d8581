/** What is said of an error. */
export interface Definition {
  /** One sentence. */
  readonly message: string;
  /** Markdown. */
  readonly details: string;
}

const README = "node_modules/@colophon/semantic-release/README.md";

// Each function is called as its error's code is.

/** The code has the option's name at its end. */
export function EINVALID({ option, form, value }: { option: string; form: string; value: string }): Definition {
  return {
    message: `Invalid \`${option}\` option.`,
    details: `The [${option} option](${linkify("options")}), if defined, must be ${form}.

Your configuration for the \`${option}\` option is \`${value}\`.`,
  };
}

export function EUNKNOWNOPTION({ option, known }: { option: string; known: readonly string[] }): Definition {
  return {
    message: `The plugin has no \`${option}\` option.`,
    details: `Its [options](${linkify("options")}) are ${known.map((one) => `\`${one}\``).join(", ")}.

Your configuration sets \`${option}\`, which would have no effect.`,
  };
}

export function EIMAGETEMPLATE({ image, why }: { image: string; why: string }): Definition {
  return {
    message: "An image's name cannot be filled in.",
    details: `The [images option](${linkify("options")}) names \`${image}\`: ${why}.

Templates know \`nextRelease\`, \`lastRelease\` and \`version\`, as \`ghcr.io/acme/widget:\${nextRelease.version}\`.`,
  };
}

export function EIMAGEMETADATA({ path, why }: { path: string; why: string }): Definition {
  return {
    message: `What a builder of images wrote cannot be read: \`${path}\`.`,
    details: `The [imageMetadata option](${linkify("options")}) names a file that is not there when images are attested: ${why}.

Check that the image is pushed by a plugin before this one, and where its builder writes.`,
  };
}

export function EPLUGINTWICE({ plugins }: { plugins: string }): Definition {
  return {
    message: "The plugin is listed twice.",
    details: `[One entry](${linkify("order-of-plugins")}) does for everything that a release publishes: put all globs into its \`subjects\`.

Your configuration lists the plugins ${plugins}.`,
  };
}

export function EPLUGINORDER({
  before,
  after,
  plugins,
}: {
  before: string;
  after: string;
  plugins: string;
}): Definition {
  return {
    message: `The plugin \`${before}\` is listed after \`${after}\`.`,
    details: `Plugins run in the [order](${linkify("order-of-plugins")}) in which they are listed: what is published first is proven next, and a GitHub release takes up what is there by then. List \`${before}\` before \`${after}\`.

Your configuration lists the plugins ${plugins}.`,
  };
}

export function EASSETSMISSED({
  path,
  assets,
  outputDir,
}: {
  path: string;
  assets: string;
  outputDir: string;
}): Definition {
  return {
    message: `The \`assets\` of \`@semantic-release/github\` leave out \`${path}\`.`,
    details: `The attestations would not be [in the GitHub release](${linkify("npm-and-a-github-release")}), where people look for them, and a release may take no further file later. Add to \`assets\`:

\`\`\`json
"${outputDir}/*.sigstore.json", "${outputDir}/*.intoto.jsonl"
\`\`\`

Your configuration for \`assets\` is \`${assets}\`.`,
  };
}

export function EOUTPUTCOMMITTED({ outputDir, assets }: { outputDir: string; assets: string }): Definition {
  return {
    message: `The \`assets\` of \`@semantic-release/git\` take \`${outputDir}\` into the release commit.`,
    details: `Tarballs and plans would be [committed](${linkify("semantic-releasegit")}) with every release. List \`@semantic-release/git\` before this plugin, or take the folder out of the group that matches it: \`["dist/**", "!${outputDir}/**"]\`.

Your configuration for \`assets\` is \`${assets}\`.`,
  };
}

export function ENOIDTOKEN(): Definition {
  return {
    message: "No identity to sign with.",
    details: `Signatures are made in the name of the CI job, which needs an [identity token](${linkify("authentication")}), or with a key of your own.

On GitHub Actions, give it to the job, and to every workflow that calls it: \`permissions: { contents: write, id-token: write }\`

On GitLab CI, add to the job: \`id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }\`

Anywhere else, set \`SIGSTORE_ID_TOKEN\`, or name a key under \`sign\` in \`colophon.config\`.`,
  };
}

export function EREPOSITORYUNDECLARED({ file, message, hint }: ManifestFault): Definition {
  return {
    message: `The package that is published declares no source repository: \`${file}\`.`,
    details: manifestDetails(message, hint),
  };
}

export function EREPOSITORYDIFFERS({ file, message, hint }: ManifestFault): Definition {
  return {
    message: `The package that is published declares another source repository: \`${file}\`.`,
    details: manifestDetails(message, hint),
  };
}

export function EOTHERPACKAGE({ file, message }: ManifestFault): Definition {
  return {
    message: `The tarball \`${file}\` is not the package that is released.`,
    details: `In it, ${message}. Check \`pkgRoot\` and \`tarballDir\` of [@semantic-release/npm](${linkify("npmpublish-false-with-tarballdir")}): what is packed from the wrong folder must not be attested.`,
  };
}

export function ENOTARBALL({ path, found }: { path: string; found: readonly string[] }): Definition {
  return {
    message: `The tarball \`${path}\` does not exist.`,
    details: `\`tarballDir\` of [@semantic-release/npm](${linkify("npmpublish-false-with-tarballdir")}) says that it is made in the step \`prepare\`. List \`@colophon/semantic-release\` after it.

The folder holds ${found.length === 0 ? "no tarball" : found.map((one) => `\`${one}\``).join(", ")}.`,
  };
}

export function ETARBALLDIFFERS({ path, packed, again }: { path: string; packed: string; again: string }): Definition {
  return {
    message: `Packing the package again gives other bytes than \`${path}\` has.`,
    details: `\`@semantic-release/npm\` publishes what it packs in the step \`publish\`, and not the tarball in \`tarballDir\`: the two would [differ](${linkify("npmpublish-false-with-tarballdir")}), and nobody could tell which of them was attested. Keep \`tarballDir\` out of the package (\`files\` in package.json, or an \`.npmignore\`), and let \`prepack\` and \`prepare\` make the same files each time.

The tarball has \`${packed}\`; packed again it has \`${again}\`.`,
  };
}

export function EOUTPUTREMOVED({ outputDir }: { outputDir: string }): Definition {
  return {
    message: `A script of the package removes \`${outputDir}\`.`,
    details: `It was there before the package was packed (\`prepublishOnly\`, \`prepack\`, \`prepare\`), and would be gone again when npm publishes. Set [\`outputDir\`](${linkify("options")}) to a folder that no script cleans, such as \`.colophon-release\`, and keep it out of git.`,
  };
}

export function EGORELEASER({ list, why }: { list: string; why: string }): Definition {
  return {
    message: `What GoReleaser made cannot be told.`,
    details: `\`${list}\` says what GoReleaser uploads, and ${why}. Run GoReleaser before this plugin's \`prepare\`, such as with \`@semantic-release/exec\`, in the same folder, and name its folder in [\`goreleaser\`](${linkify("options")}).`,
  };
}

export function ENOSUBJECTS({ why }: { why: string }): Definition {
  return {
    message: "There is nothing to attest.",
    details: `No npm package is published, and [\`subjects\`](${linkify("options")}) gives no file: ${why}. Build the files before this plugin's \`prepare\`, or leave the plugin out.`,
  };
}

export function ENOPLAN({
  path,
  release,
  found,
}: {
  path: string;
  release: string;
  found?: string | undefined;
}): Definition {
  return {
    message: `Nothing was prepared for ${release}.`,
    details: `\`${path}\` is written by this plugin in the step \`prepare\`, of the very release that is published; [nothing else](${linkify("what-is-where")}) is signed. Run both steps in one checkout.

${found === undefined ? "The file does not exist." : `The file is ${found}.`}`,
  };
}

export function EPUBLISHEDBYTESDIFFER({
  object,
  served,
  packed,
}: {
  object: string;
  served: string;
  packed: string;
}): Definition {
  return {
    message: `The registry serves other bytes as \`${object}\` than were prepared.`,
    details: `Nothing was signed: nobody knows what is served. Find out what it is before anybody installs it: a \`prepack\` script that makes other files each time, or a tarball that somebody else published. See [what can go wrong](${linkify("when-it-fails")}).

The registry serves \`${served}\`; prepared was \`${packed}\`.`,
  };
}

export function ENOTSERVED({
  object,
  message,
  recovery,
}: {
  object: string;
  message: string;
  recovery: string;
}): Definition {
  return {
    message: `The registry does not serve \`${object}\`.`,
    details: `${message}. Nothing was signed, as nothing is known to be published. ${recover("it is served", recovery)}`,
  };
}

export function ENOTSEALED({
  objects,
  why,
  when,
  recovery,
}: {
  objects: readonly string[];
  why: string;
  when: string;
  recovery: string;
}): Definition {
  return {
    message: `The release is published without proof of ${list(objects)}.`,
    details: `${why}

${recover(when, recovery)}`,
  };
}

export function EUNPROVEN({ object, why }: { object: string; why: string }): Definition {
  return {
    message: `\`${object}\` is not proven.`,
    details: `${why}. The release is published; see [what to do](${linkify("when-it-fails")}), or set [\`unproven\`](${linkify("options")}) to \`"warn"\` to be told only.`,
  };
}

export function EPUBLICLOG({ message }: { message: string }): Definition {
  return {
    message: "Facts of a source repository that is not public would go to a public log.",
    details: `In it, ${message}. Set [\`allowPublicLog\`](${linkify("options")}) to \`true\` if that is meant, or sign with a key or with services of your own.`,
  };
}

interface ManifestFault {
  /** Path as the user would write it. */
  readonly file: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

function manifestDetails(message: string, hint = ""): string {
  return `${message}. ${hint} See [which package.json](${linkify("npm-alone")}) is meant.`;
}

function recover(when: string, command: string): string {
  return `Once ${when}, complete it in the same checkout with \`${command}\`: what was signed is taken up. See [what can go wrong](${linkify("when-it-fails")}).`;
}

const MOST_NAMED = 10;

function list(objects: readonly string[]): string {
  const named = objects.slice(0, MOST_NAMED).map((one) => `\`${one}\``);
  return objects.length > MOST_NAMED ? `${named.join(", ")} and ${objects.length - MOST_NAMED} more` : named.join(", ");
}

/** A place in the documentation, which is installed with the plugin. */
export function linkify(anchor: string): string {
  return `${README}#${anchor}`;
}
