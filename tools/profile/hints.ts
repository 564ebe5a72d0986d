import { packData } from "../pack-data.ts";
import { HINT, withBranchFlags, withHints, type Hint } from "./branches.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { raisedByUsualRequests } from "./requests.ts";

/** Of the eight usual requests so many must reach a branch: a hint takes three bytes of a module. */
const LEAST = 3;

/**
 * The same module with a hint for each branch that all usual requests take alike. Between two requests Envoy's own code takes a core's
 * caches, so what a request runs has to be fetched anew: less of it, if code that requests do not run does not lie between. A module
 * without a usual configuration stays as it is.
 */
export function withUsualHints(name: string, bytes: Uint8Array): Uint8Array {
  if (!(name in CONFIGURATIONS)) return bytes;
  const raised = raisedByUsualRequests(name, packData(withBranchFlags(bytes)));
  const hints = Array.from({ length: raised.length / 2 }, (_, branch) =>
    hintOf(raised[2 * branch]!, raised[2 * branch + 1]!),
  );
  return withHints(bytes, hints);
}

/** The hint for a branch that so many requests did not take, and so many took; none if both are, or if it is hardly ever reached. */
function hintOf(notTaken: number, taken: number): Hint | undefined {
  if ((notTaken === 0) === (taken === 0) || notTaken + taken < LEAST) return undefined;
  return taken === 0 ? HINT.unlikely : HINT.likely;
}
