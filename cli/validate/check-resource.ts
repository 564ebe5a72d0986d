import type { Finding } from "../finding.ts";
import { shownPath, type Path } from "../input/path.ts";
import { positionOf } from "../input/position.ts";
import type { Json, Resource } from "../input/resource.ts";
import { suggestion } from "../schema/problem.ts";
import type { Problem } from "../schema/problem.ts";
import { problemsOf } from "../schema/resource-schema.ts";
import { metadataProblems } from "./metadata.ts";
import { percentageHint, withQuoting } from "./hints.ts";

/** What etcd takes of one object by default (`--max-request-bytes`), and the annotations of one object together. */
const MAX_BYTES = 1.5 * 1024 * 1024;
const MAX_ANNOTATION_BYTES = 256 * 1024;

/** What the API server would say against a resource's own fields, and how large it is. */
export function checkResource(resource: Resource): Finding[] {
  const { source, at, apiVersion, kind, spec, whole } = resource;
  const report = (severity: Finding["severity"], path: Path, message: string, atKey = false): Finding => {
    const shown =
      withQuoting(source, [...at, ...path], message) + (path.at(-2) === "abort" ? percentageHint(message) : "");
    return { ...positionOf(source, [...at, ...path], atKey), severity, path: shownPath(path), message: shown };
  };
  const found = [...problemsOf(apiVersion, kind, whole), ...metadataProblems(whole), ...unknownFields(whole)].map(
    ({ path, message, atKey }) => report("error", path, message, atKey),
  );
  const bytes = Buffer.byteLength(JSON.stringify(spec));
  if (bytes > MAX_BYTES) {
    found.push(report("error", ["spec"], `${bytes} bytes as JSON, of which etcd takes ${MAX_BYTES}`));
  } else if (bytes > MAX_ANNOTATION_BYTES) {
    found.push(report("warning", ["spec"], `${bytes} bytes as JSON: too much for kubectl apply without --server-side`));
  }
  return found;
}

const FIELDS = ["apiVersion", "kind", "metadata", "spec", "status"];

function unknownFields(whole: Json): Problem[] {
  const unknown = Object.keys(whole).filter((field) => !FIELDS.includes(field));
  return unknown.map((field) => {
    return { path: [field], message: `unknown field "${field}"${suggestion(field, FIELDS)}`, atKey: true };
  });
}
