import type { Span } from "../span.ts";
import { Unexpected, isFields, unexpected, type Fields, type Place } from "./field.ts";
import { jaegerSpans } from "./jaeger.ts";
import { otlpSpans } from "./otlp.ts";
import { zipkinSpans } from "./zipkin.ts";

/** What is expected of an input, in words. */
const EXPECTED =
  "spans as OTLP (resourceSpans), Jaeger (data, or a trace with traceID and spans) or Zipkin (a list with traceId and id) writes them in JSON";

/**
 * The spans of a value of JSON, in whichever format it is: OTLP, alone or as the answer of Jaeger's API v3 or of Tempo,
 * traces of Jaeger's UI, Zipkin's list of spans or list of such lists. OTLP's logs and metrics are passed over.
 *
 * @throws Unexpected if it is in none of these, or a span lacks something
 */
export function spansIn(value: unknown, place: Place = []): Span[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : listed(value, place);
  if (!isFields(value)) return unexpected(place, EXPECTED, value);
  if (value.resourceSpans !== undefined) return otlpSpans(value.resourceSpans, [...place, "resourceSpans"]);
  if (value.batches !== undefined) return otlpSpans(value.batches, [...place, "batches"]);
  for (const wrapper of ["result", "trace"]) {
    const inside = value[wrapper];
    if (isFields(inside)) return Object.keys(inside).length === 0 ? [] : spansIn(inside, [...place, wrapper]);
  }
  const told = answeredError(value);
  if (told !== undefined) throw new Unexpected("", `it is the answer of a server that found no trace: ${told}`);
  if (Array.isArray(value.data)) return jaegerSpans(value.data, [...place, "data"]);
  if (typeof value.traceID === "string") return jaegerSpans([value], place);
  if (value.resourceLogs !== undefined || value.resourceMetrics !== undefined) return [];
  return unexpected(place, EXPECTED, value);
}

function listed(list: readonly unknown[], place: Place): Span[] {
  const first = list.find((item) => !Array.isArray(item) || item.length > 0);
  if (first === undefined) return [];
  if (Array.isArray(first)) return list.flatMap((item, at) => zipkinSpans(item, [...place, at]));
  if (isFields(first) && first.id !== undefined && first.traceId !== undefined) return zipkinSpans(list, place);
  if (isFields(first) && first.traceID !== undefined) return jaegerSpans(list, place);
  return list.flatMap((item, at) => spansIn(item, [...place, at]));
}

/** The message of `{"error":{"httpCode":404,"message":…}}` (Jaeger's API v3) and of `{"errors":[{"msg":…}]}` (its UI's). */
export function answeredError({ error, errors }: Fields): string | undefined {
  if (isFields(error) && typeof error.message === "string") return error.message;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isFields(first) && typeof first.msg === "string" ? first.msg : undefined;
}
