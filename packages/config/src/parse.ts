import { isObject } from "@colophon/core";
import * as v from "valibot";
import { ConfigError } from "./error.ts";
import { WRITTEN_CONFIG } from "./schema.ts";
import type { WrittenConfig } from "./written-config.ts";

const MOST_FAULTS = 5;

/** Narrows what a file holds. Throws CONFIG_INVALID, naming the file and each place that is wrong. */
export function parseConfig(value: unknown, file: string): WrittenConfig {
  if (!isObject(value)) {
    throw new ConfigError("CONFIG_INVALID", `${file}: the configuration is not an object`, {
      hint: "Export an object of settings, in code as the default export.",
    });
  }
  const parsed = v.safeParse(WRITTEN_CONFIG, value);
  if (parsed.success) return parsed.output;
  const faults = parsed.issues.slice(0, MOST_FAULTS).map((issue) => {
    const path = v.getDotPath(issue);
    return issue.message.startsWith("Invalid key: Expected never")
      ? `${path} is not a setting`
      : `${path}: ${issue.message}`;
  });
  throw new ConfigError("CONFIG_INVALID", `${file}: ${faults.join("; ")}`, {
    hint: "See the configuration's documentation for the settings and their forms.",
  });
}
