import type { Finding } from "../finding.ts";
import { shownPath, type Path } from "../input/path.ts";
import { positionOf } from "../input/position.ts";
import { isObject, type Resource } from "../input/resource.ts";
import { problemsOf } from "../schema/resource-schema.ts";

/** What etcd takes of one object by default (`--max-request-bytes`), and the annotations of one object together. */
const MOST_BYTES = 1.5 * 1024 * 1024;
const MOST_ANNOTATION_BYTES = 256 * 1024;

/** What the API server would say against a resource's own fields, and how large it is. */
export function checkResource(resource: Resource): Finding[] {
  const { source, at, apiVersion, kind, name, spec } = resource;
  const report = (severity: Finding["severity"], path: Path, message: string, atKey = false): Finding => {
    return { ...positionOf(source, [...at, ...path], atKey), severity, path: shownPath(path), message };
  };
  const found = problemsOf(apiVersion, kind, spec).map(({ path, message, atKey }) =>
    report("error", path, message, atKey),
  );
  if (name === "") found.push(report("error", ["metadata", "name"], "required, and missing"));
  const whole: unknown = source.document.toJS();
  if (at.length === 0 && isObject(whole)) {
    const known = ["apiVersion", "kind", "metadata", "spec", "status"];
    for (const field of Object.keys(whole).filter((field) => !known.includes(field))) {
      found.push(report("error", [field], `unknown field "${field}"`, true));
    }
  }
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  if (bytes > MOST_BYTES) {
    found.push(report("error", ["spec"], `${bytes} bytes as JSON, of which etcd takes ${MOST_BYTES}`));
  } else if (bytes > MOST_ANNOTATION_BYTES) {
    found.push(report("warning", ["spec"], `${bytes} bytes as JSON: too much for kubectl apply without --server-side`));
  }
  return found;
}
