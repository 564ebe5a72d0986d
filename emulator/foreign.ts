import type { ByteString } from "./bytes.ts";
import type { Context } from "./context.ts";
import { LIFE_SPANS, type LifeSpan } from "./filter-state.ts";
import { readFields } from "./protobuf.ts";
import { Status } from "./status.ts";

/**
 * A function that a module calls by name (`proxy_call_foreign_function`): what it answers, or the status of its failure.
 * `context` is the one whose callback runs.
 */
export type ForeignFunction = (args: ByteString, context: Context) => ByteString | number;

/**
 * Envoy's own foreign functions that do something here (source/extensions/common/wasm/foreign.cc): `clear_route_cache`,
 * `declare_property`, `set_envoy_filter_state`. Others (`expr_create` and those with it, `compress`) are for a test to add.
 */
export function envoyForeignFunctions(): Map<string, ForeignFunction> {
  return new Map<string, ForeignFunction>([
    [
      "clear_route_cache",
      (_args, context) => {
        context.clearRouteCache();
        return "";
      },
    ],
    [
      "declare_property",
      (args, context) => {
        const fields = readFields(args);
        if (fields === undefined) return Status.BadArgument;
        const declared = context.declareProperty(text(fields.get(1)), {
          readOnly: fields.get(2) === 1,
          lifeSpan: lifeSpan(fields.get(5)),
        });
        return declared ? "" : Status.BadArgument;
      },
    ],
    [
      "set_envoy_filter_state",
      (args, context) => {
        const fields = readFields(args);
        if (fields === undefined) return Status.BadArgument;
        return context.setEnvoyFilterState(text(fields.get(1)), text(fields.get(2)), lifeSpan(fields.get(3)));
      },
    ],
  ]);
}

function text(field: ByteString | number | undefined): ByteString {
  return typeof field === "string" ? field : "";
}

function lifeSpan(field: ByteString | number | undefined): LifeSpan {
  return LIFE_SPANS[Number(field ?? 0)] ?? "FilterChain";
}
