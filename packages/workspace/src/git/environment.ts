import { isAbsolute, delimiter } from "node:path";

/** What git needs, and where its users say whose checkouts are trusted (`safe.directory`). No token is among it. */
const KEPT =
  /^(?:HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|XDG_CONFIG_HOME|SYSTEMROOT|TMPDIR|TEMP|TMP|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))$/i;

/**
 * The environment that git runs in: nothing that names another repository, index or helper, nothing that asks, and no
 * network, be it that of a partial clone. A relative folder in PATH could be the scanned one, and is left out.
 */
export function gitEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  config: readonly (readonly [key: string, value: string])[],
): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    KEPT.test(name) && value !== undefined ? [[name, value] as const] : [],
  );
  const path = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(isAbsolute).join(delimiter);
  const count = /^\d{1,4}$/.test(env["GIT_CONFIG_COUNT"] ?? "") ? Number(env["GIT_CONFIG_COUNT"]) : 0;
  return {
    ...Object.fromEntries(kept),
    PATH: path,
    LC_ALL: "C",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_TERMINAL_PROMPT: "0",
    // Not as arguments: a key can have a `=` in it.
    ...Object.fromEntries(
      config.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${count + index}`, key],
        [`GIT_CONFIG_VALUE_${count + index}`, value],
      ]),
    ),
    GIT_CONFIG_COUNT: String(count + config.length),
  };
}
