import { TEMPLATE } from "../input/documents.ts";
import { isObject, type Json } from "../input/resource.ts";
import { got } from "../schema/problem.ts";
import type { Problem } from "../schema/resource-schema.ts";

/** Fields of ObjectMeta that are strings, and those that are objects of strings. */
const STRINGS = ["name", "namespace", "generateName"];
const STRING_MAPS = ["labels", "annotations"];

/** A name of an object: RFC 1123's subdomain, as Kubernetes asks for (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/). */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;

/** What is wrong with the names, labels and annotations of a resource. */
export function metadataProblems({ metadata }: Json): Problem[] {
  const wrong = (path: Problem["path"], message: string): Problem => {
    return { path: ["metadata", ...path], message, atKey: false };
  };
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) {
    return [wrong([], `expected an object${got(metadata)}`)];
  }
  const fields: Json = isObject(metadata) ? metadata : {};
  const found: Problem[] = [];
  for (const field of STRINGS) {
    const value = fields[field];
    if (value !== undefined && value !== null && typeof value !== "string") {
      found.push(wrong([field], `expected a string${got(value)}`));
    }
  }
  for (const field of STRING_MAPS) {
    const value = fields[field];
    if (value === undefined || value === null) continue;
    if (!isObject(value)) found.push(wrong([field], `expected an object${got(value)}`));
    const entries = isObject(value) ? Object.entries(value) : [];
    for (const [key, text] of entries.filter(([, text]) => typeof text !== "string")) {
      found.push(wrong([field, key], `expected a string${got(text)}`));
    }
  }
  const { name = "", generateName } = fields;
  if (name === "" || name === null) {
    if (generateName === undefined) found.push(wrong(["name"], "required, and missing"));
  } else if (typeof name === "string" && (!NAME.test(name) || name.length > LONGEST_NAME)) {
    const template = name.includes("{{");
    found.push(
      wrong(
        ["name"],
        template ? TEMPLATE : `expected small letters, digits, - and ., ${LONGEST_NAME} at most${got(name)}`,
      ),
    );
  }
  return found;
}
