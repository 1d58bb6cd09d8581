import type { Options } from "./options.ts";

/** Completes in the same checkout what a release left undone: semantic-release itself runs no step of a tagged one again. */
export function recoveryOf({ outputDir, config, deposit = [], allowPublicLog }: Options): string {
  const given = [
    ["--seal", `${outputDir}/plan.json`],
    ["--output-dir", outputDir],
    ...(config === undefined ? [] : [["--config", config]]),
    ...deposit.map((one) => ["--deposit", one]),
    ...(allowPublicLog ? [["--allow-public-log"]] : []),
  ];
  return ["npx colophon attest", ...given.flat()].map(quote).join(" ");
}

function quote(argument: string, index: number): string {
  return index === 0 || /^[\w@%+=:,./-]+$/.test(argument)
    ? argument
    : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
