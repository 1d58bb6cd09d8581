/** What is used of the context that semantic-release hands to every step. It is a copy: nothing written to it lasts. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** All of the host's options, `plugins` as they are configured. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The context of steps that know what is released. */
export interface ReleaseContext extends Context {
  readonly nextRelease: {
    readonly version: string;
    readonly gitTag: string;
    /** The commit that is tagged: not that of the build where a step committed since. */
    readonly gitHead?: string;
  };
  readonly lastRelease?: { readonly gitTag?: string };
  /** In `success`: what the plugins did for this release, each with the plugin's name. */
  readonly releases?: readonly { readonly pluginName?: string }[];
}

export interface Logger {
  log(message: string, ...args: readonly unknown[]): void;
  warn(message: string, ...args: readonly unknown[]): void;
}

/** The options of a plugin: those of its entry in `plugins`, over those of the host. */
export type PluginConfig = Readonly<Record<string, unknown>>;
