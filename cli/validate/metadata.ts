import { TEMPLATE } from "../input/documents.ts";
import {
  A_LABEL_NAME,
  A_LABEL_VALUE,
  A_NAME,
  A_NAMESPACE,
  isLabelName,
  isLabelValue,
  isName,
  isNamespace,
} from "../input/names.ts";
import { isObject, type Json } from "../input/resource.ts";
import { got } from "../schema/problem.ts";
import type { Problem } from "../schema/problem.ts";

/** Fields of ObjectMeta that are strings, and those that are objects of strings. */
const STRINGS = ["name", "namespace", "generateName"];
const STRING_MAPS = ["labels", "annotations"];

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
    for (const [key, text] of entries) {
      if (typeof text !== "string") found.push(wrong([field, key], `expected a string${got(text)}`));
      else if (field === "labels" && !isLabelValue(text)) {
        found.push(wrong([field, key], `expected ${A_LABEL_VALUE}${got(text)}`));
      }
      if (!isLabelName(key)) found.push(wrong([field, key], `expected the name to be ${A_LABEL_NAME}`));
    }
  }
  const { name = "", namespace = null, generateName } = fields;
  if (typeof namespace === "string" && namespace !== "" && !isNamespace(namespace)) {
    found.push(wrong(["namespace"], namespace.includes("{{") ? TEMPLATE : `expected ${A_NAMESPACE}${got(namespace)}`));
  }
  if (name === "" || name === null) {
    if (generateName === undefined) found.push(wrong(["name"], "required, and missing"));
  } else if (typeof name === "string" && !isName(name)) {
    found.push(wrong(["name"], name.includes("{{") ? TEMPLATE : `expected ${A_NAME}${got(name)}`));
  }
  return found;
}
