/** Resources to convert, and what is made of them. */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { signalbox } from "./run.ts";

/** A resource that was made. */
export interface Resource {
  kind: string;
  metadata: { name: string; namespace: string };
  spec: Record<string, unknown>;
}

/** Converts a text. What is made must be valid. */
export async function converted(text: string, ...args: string[]) {
  const { status, out, err } = await signalbox(["convert", "-", ...args], text);
  const resources = parseAllDocuments(out).map((document) => document.toJS() as Resource);
  if (out !== "") {
    const validated = await signalbox(["validate", "-"], out);
    assert.equal(validated.status, 0, validated.out);
  }
  return { status, out, resources, lines: err.split("\n").filter((line) => line !== "") };
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
export const REMOVE = { request: { remove: ["x-subset"] } };

/** Of a static VirtualService, the route for a value of the steering header. */
export function selected(value: string, route: object[]): object {
  return { match: [{ headers: { "x-subset": { exact: value } } }], headers: REMOVE, route };
}
