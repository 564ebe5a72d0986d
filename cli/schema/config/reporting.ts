import type { Schema } from "../problem.ts";
import { KEEP_NEEDS_REPORTING } from "./sampling.ts";
import { httpMatch } from "./match.ts";
import { HOST, either, has, onePlace } from "./upstream.ts";
import {
  FEW,
  FILLED,
  anyText,
  duration,
  flag,
  headerName,
  integer,
  list,
  map,
  object,
  oneOf,
  required,
  text,
} from "./types.ts";

const headers = list(
  "headers of the requests that carry spans, such as a token",
  object(
    "a header",
    {
      name: required(headerName("its name; not one that the filter writes itself", ["authorization"])),
      value: anyText("its value", ["Basic YTpi"]),
      envName: text("the variable of the plugin's environment that holds the value", ["OTLP_TOKEN"]),
    },
    either({ value: [has("envName")], envName: [has("value")] }),
  ),
  FEW,
);

const http = (path: string, timeout: string): Readonly<Record<string, Schema>> => ({
  path: text("the path that takes spans", [path], { pattern: "^/", default: path }),
  timeout: duration("how long the collector may take for an answer", timeout),
  headers,
  authority: text("beside `cluster`: the `:authority` of the requests that carry spans", ["jaeger:4318"]),
});

const collector = (port: number): Readonly<Record<string, Schema>> => ({
  service: text(
    "the collector: `[namespace/]host`, as istiod names it",
    ["observability/jaeger-collector.observability.svc.cluster.local"],
    { pattern: HOST },
  ),
  port: integer("the port of the service", 1, 65535, port),
  cluster: text("in place of `service` and `port`: the name of one of Envoy's clusters", ["jaeger"]),
  maxTagLength: integer(
    "the longest value of an attribute, in bytes; longer ones are cut at a character",
    1,
    4096,
    256,
  ),
});

const named = (description: string, name: Schema): Schema =>
  object(description, {
    name: required(name),
    defaultValue: anyText("the value if it is not there", ["none"]),
  });

const matches = required(list("alternatives, one of which must hold", httpMatch, FILLED));

/** `reporting`: where spans are sent to, and what they say. */
export const reporting: Schema = object(
  "the spans of this hop, sent to a collector; needs `participate: true`",
  {
    opentelemetry: object(
      "sends spans by OTLP/HTTP",
      {
        ...collector(4318),
        http: object("how the collector is asked", http("/v1/traces", "10s")),
        serviceAttributeEnrichment: oneOf(
          "by which labels the service is named; `NONE`: as Istio names it",
          ["NONE", "OTEL_SEMANTIC_CONVENTIONS"],
          "NONE",
        ),
      },
      onePlace({ required: ["http"], properties: { http: has("authority") } }),
    ),
    zipkin: object(
      "sends spans as Zipkin's JSON",
      { ...collector(9411), ...http("/api/v2/spans", "5s") },
      onePlace(has("authority")),
    ),
    batch: object("what a worker sends together", {
      maxQueueSize: integer("how many spans of a worker wait at most; more are dropped and counted", 1, 65536, 2048),
      maxExportBatchSize: integer("how many are sent together at most", 1, 65536, 512),
      scheduledDelay: duration("how long a span waits for others, from 100ms to 60s", "1s"),
    }),
    customTags: map(
      "attributes of every span, by name: `literal: {value}`, `header: {name, defaultValue}` or `environment: {name, defaultValue}`",
      object(
        "where the value is from",
        {
          literal: object("a value that is always the same", { value: required(anyText("the value", ["blue"])) }),
          header: named("a header of the request", headerName("its name", ["x-tenant"])),
          environment: named("a variable of the plugin's environment", text("its name", ["ZONE"])),
        },
        { minProperties: 1, maxProperties: 1 },
      ),
    ),
    enableIstioTags: flag("whether the resource has the attributes `istio.*`", true),
    match: object("which spans are reported", {
      mode: oneOf(
        "which direction's spans are reported",
        ["CLIENT", "SERVER", "CLIENT_AND_SERVER"],
        "CLIENT_AND_SERVER",
      ),
    }),
    operations: list(
      "`match` and `name`: the first that matches names the route, and so the span",
      object("a name of an operation", {
        match: matches,
        name: required(text("`http.route`, and a part of the span's name", ["/reviews/{id}"])),
      }),
      { maxItems: 256 },
    ),
    rules: list(
      "`match` and `disableSpanReporting`: the first that matches says whether there is a span; headers stay as they are",
      object("whether some requests have no span", {
        match: matches,
        disableSpanReporting: required(flag("whether there is no span")),
      }),
    ),
  },
  either({ opentelemetry: [has("zipkin")], zipkin: [has("opentelemetry")] }),
);

/** Of the object that has `reporting`: no header names spans of a hop that does not take part; and `keep` needs it. */
export const NEEDS_PARTICIPATION: Schema = {
  if: { required: ["reporting"] },
  then: { required: ["participate"], properties: { participate: { const: true } } },
  ...KEEP_NEEDS_REPORTING,
};
