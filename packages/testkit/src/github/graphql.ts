import { memberObject, memberString, type JsonObject, type JsonValue } from "../json.ts";
import type { Reply } from "../loopback-server.ts";
import { toJson } from "./answers.ts";

const NOTHING = { pageInfo: { endCursor: null, hasNextPage: false }, nodes: [] };

/**
 * Answers the queries for pull requests of commits and for issues as a repository without any does: commits have no
 * pull requests, there are no issues, and an issue that is asked for by its number is an error.
 */
export function answerGraphql(body: string): Reply {
  const query = memberString(memberObject(JSON.parse(body) as JsonValue), "query");
  const repository: JsonObject = {};
  const errors: JsonObject[] = [];
  for (const [, alias = "", oid = ""] of query.matchAll(/(\w+): object\(oid: "([0-9a-f]+)"\)/gu)) {
    repository[alias] = { oid, associatedPullRequests: NOTHING };
  }
  for (const [, alias = "", number = ""] of query.matchAll(/(\w+): issueOrPullRequest\(number: (\d+)\)/gu)) {
    repository[alias] = null;
    const message = `Could not resolve to an issue or pull request with the number of ${number}.`;
    errors.push({ type: "NOT_FOUND", path: ["repository", alias], message });
  }
  if (/\bissues\(/u.test(query)) repository["issues"] = NOTHING;
  return toJson(200, { data: { repository }, ...(errors.length > 0 && { errors }) });
}
