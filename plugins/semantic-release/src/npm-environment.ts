import { delimiter, dirname, join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The programs that lie beside the project come first, so that npm is the one that publishes (execa's `preferLocal`). */
export function preferLocal(env: Environment, cwd: string): Environment {
  const folders: string[] = [];
  for (let at = cwd; ; at = dirname(at)) {
    folders.push(join(at, "node_modules", ".bin"));
    if (at === dirname(at)) break;
  }
  return { ...env, PATH: [...folders, env["PATH"] ?? ""].join(delimiter) };
}

/** NPM_TOKEN, which @semantic-release/npm alone knows, as npm's own configuration has it. */
export function withRegistryToken(env: Environment, registryUrl: string): Environment {
  const token = env["NPM_TOKEN"] ?? "";
  const key = `npm_config_${registryUrl.replace(/^https?:/, "")}:_authToken`;
  return token === "" ? env : { ...env, [key]: token };
}
