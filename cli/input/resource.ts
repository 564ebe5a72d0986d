import type { Source } from "./documents.ts";
import type { Path } from "./path.ts";

/** A Kubernetes resource as it stands in a file. */
export interface Resource {
  readonly source: Source;
  /** The way to it in its document: longer than nothing within a `List`. */
  readonly at: Path;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined where the resource leaves it to kubectl. */
  readonly namespace: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** `metadata.creationTimestamp`, which the cluster writes; undefined in a file of one's own. */
  readonly created: string | undefined;
  /** An empty object where there is none. */
  readonly spec: Json;
  /** The resource as it stands there. */
  readonly whole: Json;
}

/** An object of YAML or JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether something is an object, and neither a list nor nothing. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The resources of a document, those of a `List`, or of a list of one kind such as `AuthorizationPolicyList`, one by one. Left
 * out is what has no `kind` or no `apiVersion`.
 */
export function resourcesOf(source: Source): Resource[] {
  return entriesOf(source.value, []).flatMap(({ value, at }) => resourceAt(source, value, at) ?? []);
}

/** A document that is no list, or an item of one. */
export interface Entry {
  readonly value: unknown;
  /** The way to it in its document. */
  readonly at: Path;
}

/** What stands in a document that may be a list, or a list of lists. */
export function entriesOf(value: unknown, at: Path): Entry[] {
  if (!isObject(value) || !isList(value)) return [{ value, at }];
  const { kind, apiVersion } = value;
  // kubectl gives the items of a list of one kind that kind (unstructured_list.go).
  const common = kind === "List" ? {} : { apiVersion, kind: kind.slice(0, -LIST.length) };
  return value.items.flatMap((item, place) => {
    return entriesOf(isObject(item) ? { ...common, ...item } : item, [...at, "items", place]);
  });
}

const LIST = "List";

function isList(value: Json): value is Json & { kind: string; items: unknown[] } {
  return typeof value.kind === "string" && value.kind.endsWith(LIST) && Array.isArray(value.items);
}

function resourceAt(source: Source, value: unknown, at: Path): Resource | undefined {
  if (!isObject(value) || typeof value.kind !== "string" || typeof value.apiVersion !== "string") return undefined;
  const { kind, apiVersion } = value;
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const { name, namespace, annotations, labels, creationTimestamp } = metadata;
  return {
    source,
    at,
    apiVersion,
    kind,
    name: typeof name === "string" ? name : "",
    namespace: typeof namespace === "string" ? namespace : undefined,
    annotations: (isObject(annotations) ? annotations : {}) as Record<string, string>,
    labels: (isObject(labels) ? labels : {}) as Record<string, string>,
    created: typeof creationTimestamp === "string" ? creationTimestamp : undefined,
    spec: isObject(value.spec) ? value.spec : {},
    whole: value,
  };
}

/** `WasmPlugin default/authz`, for people. */
export function nameOf({ kind, name, namespace }: Resource): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
