import { CoreError, objectAt, parseStrictJson, stringAt, type JsonObject } from "@colophon/core";
import { variable, type Env } from "../platform.ts";
import { readStart } from "../read-file.ts";

/** GitHub caps the payload of an event at 25 MB. */
const MAX_BYTES = 26_214_400;

/**
 * Whether the run is of a pull request from a fork, by the payload of its event (docs.github.com, webhook events:
 * pull_request). Where that cannot be read it is taken for one of the repository itself.
 */
export async function isFromFork(env: Env): Promise<boolean> {
  // This event runs with the permissions of the base, whoever sent the request.
  if (env["GITHUB_EVENT_NAME"] === "pull_request_target") return false;
  const pullRequest = objectAt(await readEvent(variable(env, "GITHUB_EVENT_PATH")), "pull_request");
  if (pullRequest === undefined) return false;
  const head = fullNameOf(objectAt(pullRequest, "head"));
  const base = fullNameOf(objectAt(pullRequest, "base")) ?? variable(env, "GITHUB_REPOSITORY");
  // A fork that was deleted since has no name any more.
  return head === undefined || head !== base;
}

function fullNameOf(side: JsonObject | undefined): string | undefined {
  return stringAt(objectAt(side, "repo"), "full_name");
}

async function readEvent(path: string | undefined): Promise<unknown> {
  if (path === undefined) return undefined;
  try {
    return parseStrictJson(await readStart(path, MAX_BYTES), path);
  } catch (error) {
    const unreadable = error instanceof CoreError || (error instanceof Error && "code" in error);
    if (unreadable) return undefined;
    throw error;
  }
}
