/** `gateway-shape`: a gateway should report two spans for a request, a SERVER and a CLIENT span. */
import { evidenceOf, type Finding } from "./finding.ts";
import { isReached, type Hop } from "./hop.ts";
import { isOrphan, type Traces } from "./traces.ts";

/** Below this share, a span was lost on its way. */
const LOST = 0.05;

export function gatewayShapes(traces: Traces): Finding[] {
  return [...traces.byService].flatMap(([service, hops]) => {
    const own = hops.filter(({ proxy }) => proxy === "gateway");
    const shapes = {
      "a SERVER span alone": own.filter(isServerAlone),
      "a CLIENT span alone": own.filter((hop) => hop.span.kind === "CLIENT" && isFirst(hop)),
      "both spans": own.filter(
        (hop) => hop.span.kind === "SERVER" && hop.children.some((child) => isCall(child, service)),
      ),
    };
    const all = Object.values(shapes).reduce((sum, { length }) => sum + length, 0);
    const seen = Object.entries(shapes).filter(([, { length }]) => length > all * LOST);
    const clients = shapes["a CLIENT span alone"];
    const isClientAlone = seen.length === 1 && clients.length > all * LOST;
    if (seen.length < 2 && !isClientAlone) return [];
    const odd = isClientAlone
      ? clients
      : seen.filter(([shape]) => shape !== "both spans").flatMap(([, those]) => those);
    const finding: Finding = {
      id: "gateway-shape",
      service,
      confidence: odd.length > 1 ? "likely" : "hint",
      count: odd.length,
      of: all,
      evidence: evidenceOf(odd),
      says: isClientAlone
        ? "the gateway has no SERVER span"
        : `the gateway's requests have different spans: ${seen.map(([shape]) => shape).join(", ")}`,
      remedy:
        "istiod asks gateways for a SERVER and a CLIENT span since it sets spawn_upstream_span: bring istiod and the gateways to one version, and give all replicas of the gateway one name. trace-propagation reports both spans at a gateway, if its node id begins with router~.",
    };
    return [finding];
  });
}

function isCall({ span, service }: Hop, of: string): boolean {
  return span.kind === "CLIENT" && service === of;
}

/** A request that went on to a service, without a span of the call. */
function isServerAlone(hop: Hop): boolean {
  return (
    hop.span.kind === "SERVER" &&
    isReached(hop) &&
    !hop.children.some((child) => isCall(child, hop.service)) &&
    hop.children.length > 0
  );
}

/** A call that is not below the gateway's own SERVER span, and does not name one that was lost. */
function isFirst(hop: Hop): boolean {
  return hop.parent?.service !== hop.service && !isOrphan(hop);
}
