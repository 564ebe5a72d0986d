import type { JsonObject } from "../../../envoy/json.ts";
import { valuesOf } from "./headers.ts";
import type { Answer } from "./http1.ts";

const DETAILS = "x-details";

/** Every local reply: there is no filter that takes all. */
const ANY_STATUS: JsonObject = {
  status_code_filter: { comparison: { op: "GE", value: { default_value: 100, runtime_key: "none" } } },
};

/** Fields of the connection manager by which an answer of Envoy's own says why it was given. */
export const SHOWS_DETAILS: JsonObject = {
  local_reply_config: {
    mappers: [{ filter: ANY_STATUS, headers_to_add: [{ header: { key: DETAILS, value: "%RESPONSE_CODE_DETAILS%" } }] }],
  },
};

/** Why Envoy gave an answer by itself (its response-code details); undefined where the upstream gave it. */
export function detailsOf({ headers }: Pick<Answer, "headers">): string | undefined {
  return valuesOf(headers, DETAILS)[0];
}
