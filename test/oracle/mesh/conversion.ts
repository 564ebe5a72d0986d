/**
 * What a user does to a mesh with `signalbox convert`: applies what it prints, one document after the other, and then deletes
 * the AuthorizationPolicies that the comments tell to delete.
 */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { signalbox } from "../../../cli/test/run.ts";
import type { Resource } from "../converted.ts";

/** A mesh on the way from the original to the converted one. */
export interface State {
  /** What was done last. */
  step: string;
  resources: readonly Resource[];
}

/** What came of conversions. */
export interface Conversion {
  /** The original first, and after it one state for each thing that the user does. */
  states: State[];
  /** What was said on standard error. */
  told: string;
}

/** The image's url; the name of the filter leads to its module. */
const URL = "oci://registry.example.com/signalbox/{filter}:0.1.0";
/** The comment at the last plugin; the lines of a comment are one sentence here. */
const DELETE = /[Tt]hen delete these AuthorizationPolicies: ([^;]*);/;

/** Converts the resources once for each of `runs` (options of the command), each time from the original. */
export async function convertMesh(original: readonly Resource[], runs: readonly string[][]): Promise<Conversion> {
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: original.map(withoutAge) });
  const states: State[] = [{ step: "original", resources: original }];
  const told: string[] = [];
  for (const run of runs) {
    const { status, out, err } = await signalbox(["convert", "-", "--url", URL, ...run], text);
    assert.notEqual(status, 2, err);
    told.push(err);
    for (const document of parseAllDocuments(out)) apply(states, document.toJS() as Resource);
    const [, named] = DELETE.exec(out.replace(/\n# +/g, " ")) ?? [];
    const names = named?.split(", ") ?? [];
    open(states, names);
    for (const name of names) remove(states, name);
  }
  return { states, told: told.join("") };
}

function apply(states: State[], resource: Resource): void {
  const { resources } = states.at(-1)!;
  const same = (other: Resource): boolean => identity(other) === identity(resource);
  const metadata = { ...resource.metadata, creationTimestamp: resources.find(same)?.metadata.creationTimestamp };
  const applied = { ...resource, metadata: { ...metadata, creationTimestamp: metadata.creationTimestamp ?? LATER } };
  states.push({
    step: `apply ${identity(resource)}`,
    resources: resources.some(same) ? resources.map((one) => (same(one) ? applied : one)) : [...resources, applied],
  });
}

/** As filters/authz/README.md has it: before the first ALLOW policy is deleted, all of its workloads are allowed everything. */
function open(states: State[], names: readonly string[]): void {
  const { resources } = states.at(-1)!;
  const isOpened = (one: Resource): boolean => {
    const { action = "ALLOW" } = one.spec;
    return action === "ALLOW" && names.some((name) => identity(one) === `AuthorizationPolicy ${name}`);
  };
  if (!resources.some(isOpened)) return;
  const opened = resources.map((one) => (isOpened(one) ? { ...one, spec: { ...one.spec, rules: [{}] } } : one));
  states.push({ step: "allow everything", resources: opened });
}

function remove(states: State[], name: string): void {
  const { resources } = states.at(-1)!;
  const gone = (one: Resource): boolean => identity(one) === `AuthorizationPolicy ${name}`;
  const given = states[0]!.resources.some(gone);
  assert.ok(given, `convert tells to delete AuthorizationPolicy ${name}, which there is not`);
  // Another conversion may have told so, too.
  if (!resources.some(gone)) return;
  states.push({ step: `delete AuthorizationPolicy ${name}`, resources: resources.filter((one) => !gone(one)) });
}

/** When what is new was made: after everything that was given. */
const LATER = "2026-06-01T00:00:00Z";

function identity({ apiVersion, kind, metadata: { namespace, name } }: Resource): string {
  const isKubernetes = apiVersion.startsWith("gateway.networking.k8s.io");
  return `${isKubernetes ? "Kubernetes " : ""}${kind} ${namespace}/${name}`;
}

function withoutAge({ metadata: { creationTimestamp: _, ...metadata }, ...resource }: Resource): Resource {
  return { ...resource, metadata };
}
