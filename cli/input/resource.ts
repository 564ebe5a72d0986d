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
  readonly spec: Json;
}

/** An object of YAML or JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether something is an object, and neither a list nor nothing. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The resources of a document, those of a `List` one by one; none where it is no resource (it has no `kind`). */
export function resourcesOf(source: Source): Resource[] {
  return resourcesAt(source, source.document.toJS() as unknown, []);
}

function resourcesAt(source: Source, value: unknown, at: Path): Resource[] {
  if (!isObject(value) || typeof value.kind !== "string" || typeof value.apiVersion !== "string") return [];
  const { kind, apiVersion } = value;
  if (kind === "List" && Array.isArray(value.items)) {
    return value.items.flatMap((item, place) => resourcesAt(source, item, [...at, "items", place]));
  }
  const metadata = isObject(value.metadata) ? value.metadata : {};
  const { name, namespace, annotations, labels, creationTimestamp } = metadata;
  return [
    {
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
    },
  ];
}

/** `WasmPlugin default/authz`, for people. */
export function nameOf({ kind, name, namespace }: Resource): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
