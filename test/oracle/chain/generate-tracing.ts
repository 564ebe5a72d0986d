/** The section `tracePropagation`, certain but for ids that begin here. */
import type { JsonObject } from "../../support/envoy/index.ts";
import type { Random } from "../random.ts";
import { generateVirtualServices } from "../routes/generate-services.ts";
import { CONTEXTS } from "./vocabulary.ts";

const FORMATS = Object.keys(CONTEXTS);
/** What a sampled share is, so that it does not follow from an id that is drawn. */
const SHARES = [0, 100];

/** @param byTrace whether faults follow from a trace, which must then stay in the headers that it came in */
export function generateTracing(random: Random, byTrace: boolean): JsonObject {
  return {
    ...(random.percent(60) && { extract: random.some(FORMATS, 1 + random.int(4)) }),
    ...(random.percent(60) && { inject: random.some(FORMATS, 1 + random.int(2)) }),
    ...(!byTrace && random.percent(30) && { foreign: random.pick(["keep", "remove"]) }),
    participate: random.percent(40),
    sampling: {
      randomSamplingPercentage: random.pick(SHARES),
      ...(random.percent(30) && { rules: rules(random) }),
    },
    ...(random.percent(70) && { join: join(random) }),
  };
}

function rules(random: Random): JsonObject[] {
  const routes = generateVirtualServices(random, { asciiOnly: false }).flatMap(({ http }) => http);
  const matches = routes.flatMap(({ match }) => (match?.length ? [match] : []));
  return matches
    .slice(0, 3)
    .map((match) => ({ match, randomSamplingPercentage: random.pick(SHARES) }) as unknown as JsonObject);
}

function join(random: Random): JsonObject {
  return {
    ...(random.percent(70) && { keys: random.pick([["x-request-id"], ["x-correlation-id", "x-request-id"]]) }),
    ...(random.percent(30) && { lifetime: "30s" }),
    ...(random.percent(60) && { whenAlone: true }),
  };
}
