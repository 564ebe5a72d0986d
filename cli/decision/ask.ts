import { headersOf } from "./as-envoy.ts";
import { begin, SERVICE, type Arrival, type Decision } from "./decide.ts";
import { valuesOf } from "./headers.ts";
import type { Loaded } from "./load.ts";
import { placed, whyNotThere } from "./placement.ts";
import type { Request } from "./request.ts";
import { beginSections, type AskedSection } from "./sections.ts";
import { ANSWERS, type Upstream } from "./upstream.ts";

/** What came of a request, and the request with what was taken for granted. */
export interface Asked {
  readonly request: Request;
  readonly decision: Decision;
  /** Why the plugin is not in the listener that the request comes to. */
  readonly elsewhere: string | undefined;
  /** Of signalbox: its sections, if it is there. */
  readonly sections: readonly AskedSection[];
}

/** Asks a plugin about a request, as the listener that the request comes to would; the service answers 200. */
export function ask(loaded: Loaded, given: Request): Asked {
  return beginAsking(loaded, given)(ANSWERS);
}

/**
 * The same up to where the request goes on, or is answered: others can come meanwhile.
 *
 * @returns has the request come to its end
 */
export function beginAsking(
  { name, selectors, workload, configured, sections }: Loaded,
  given: Request,
  arrival: Arrival = {},
): (upstream: Upstream) => Asked {
  const gateway = workload.gateway === true;
  const request = placed(given, selectors, gateway);
  const why = whyNotThere(request, selectors);
  if (why !== undefined) {
    const elsewhere = `plugin ${name} is not asked: ${why}`;
    return () => ({ request, decision: unasked(request), elsewhere, sections: [] });
  }
  if (sections.length > 0) {
    const composed = beginSections(sections, request, gateway, arrival);
    return (upstream) => ({ request, elsewhere: undefined, ...composed(upstream) });
  }
  const begun = begin(configured, request, arrival);
  return (upstream) => ({ request, decision: begun.end(upstream), elsewhere: undefined, sections: [] });
}

/** What becomes of a request that no plugin sees. */
function unasked(request: Request): Decision {
  const sends = valuesOf(headersOf(request));
  const nothing = { met: [], unevaluated: [], request: {}, response: {}, counters: [], logs: [], calls: [] };
  return { outcome: "forwarded", rule: "none", ...nothing, came: sends, sends, answers: SERVICE };
}
