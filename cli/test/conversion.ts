/** Resources to convert, and what is made of them. */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { signalbox } from "./run.ts";

/** A resource that was made. */
export interface Resource {
  kind: string;
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: Record<string, unknown>;
}

/** An image, so that nothing has to be said of its lack. */
export const URL = "oci://registry.example.com/signalbox/{filter}:0.1.0";

/**
 * Converts a text. What is made must be valid. `lines` are about places in the text, `notes` about the whole.
 */
export async function converted(text: string, ...args: string[]) {
  const image = args.includes("--url") ? [] : ["--url", URL];
  const { status, out, err } = await signalbox(["convert", "-", ...image, ...args], text);
  const parsed = parseAllDocuments(out);
  const resources = "empty" in parsed ? [] : parsed.map((document) => document.toJS() as Resource);
  if (out !== "") {
    const validated = await signalbox(["validate", "-"], out);
    assert.equal(validated.status, 0, validated.out);
  }
  const told = err.split("\n").filter((line) => line !== "");
  const isPlaced = (line: string): boolean => line.startsWith("<stdin>:");
  return { status, out, resources, lines: told.filter(isPlaced), notes: told.filter((line) => !isPlaced(line)) };
}

/** An AuthorizationPolicy of the namespace foo. */
export function policy(name: string, spec: object, metadata: object = {}): string {
  const resource = { apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" };
  return JSON.stringify({ ...resource, metadata: { name, namespace: "foo", ...metadata }, spec });
}

/** A VirtualService of the namespace default. */
export function service(name: string, http: object[], spec: object = {}, metadata: object = {}): string {
  const resource = { apiVersion: "networking.istio.io/v1", kind: "VirtualService" };
  const all = { hosts: [name], http, ...spec };
  return JSON.stringify({ ...resource, metadata: { name, namespace: "default", ...metadata }, spec: all });
}

/** Several documents in one text. */
export function documents(...texts: string[]): string {
  return texts.join("\n---\n");
}

/** A destination of reviews. */
export const to = (subset: string) => ({ destination: { host: "reviews", subset } });
export const JASON = [{ headers: { "end-user": { exact: "jason" } } }];
export const SLEEP = [{ from: [{ source: { principals: ["cluster.local/ns/default/sa/sleep"] } }] }];

/** What was made of a VirtualService, with `STEERING` for the name of the steering header, which is a hash. */
export async function steered(text: string, ...args: string[]) {
  const { out, ...others } = await converted(text, ...args);
  const [header] = /x-signalbox-[0-9a-f]{12}/.exec(out) ?? [];
  const resources = JSON.parse(
    header === undefined
      ? JSON.stringify(others.resources)
      : JSON.stringify(others.resources).replaceAll(header, STEERING),
  ) as Resource[];
  const plugins = resources.filter(({ kind }) => kind === "WasmPlugin");
  const config = plugins.find(({ spec }) => (spec["url"] as string).includes("header-routing"))?.spec["pluginConfig"];
  return {
    ...others,
    header,
    out: header === undefined ? out : out.replaceAll(header, STEERING),
    resources,
    plugins,
    /** Of header-routing. */
    config: config as
      { steering: { header: string; value: string }; virtualServices: VirtualServiceConfig[] } | undefined,
    /** The routes of each VirtualService. */
    http: resources.filter(({ kind }) => kind === "VirtualService").map(({ spec }) => spec["http"] as object[]),
  };
}

interface VirtualServiceConfig {
  name: string;
  hosts: string[];
  gateways?: string[];
  http: object[];
}

export const STEERING = "x-steering";
export const REMOVE = { request: { remove: [STEERING] } };

/** Of a VirtualService that was made, the route for a value of the steering header. */
export function selected(value: string, route: object[], condition: object = {}): object {
  return { match: [{ ...condition, headers: { [STEERING]: { exact: value } } }], headers: REMOVE, route };
}

/** A DestinationRule of the namespace default. */
export function rule(name: string, spec: object, metadata: object = {}): string {
  const resource = { apiVersion: "networking.istio.io/v1", kind: "DestinationRule" };
  return JSON.stringify({
    ...resource,
    metadata: { name, namespace: "default", ...metadata },
    spec: { host: name, ...spec },
  });
}
