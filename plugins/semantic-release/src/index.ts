// The steps, by the names under which semantic-release looks for them; a default export would stand in their place.
export { verifyConditions } from "./verify-conditions.ts";
export { prepare } from "./prepare.ts";
export { publish } from "./publish.ts";
export { success } from "./success.ts";
