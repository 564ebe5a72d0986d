import { createHash } from "node:crypto";
import { LONGEST_NAME } from "../input/names.ts";
import type { Json, Resource } from "../input/resource.ts";

/** Annotations that are about the resource that has them and about no other. */
const OWN_ANNOTATIONS = ["kubectl.kubernetes.io/last-applied-configuration", "istio.io/dry-run"];

/**
 * The `metadata` of a resource that is made of others: the labels and annotations on which all of these agree stay, as tools
 * that deploy keep what is theirs in them.
 */
export function metadataOf(name: string, namespace: string, from: readonly Resource[]): Json {
  const labels = agreed(from.map((resource) => resource.labels));
  const annotations = agreed(from.map((resource) => resource.annotations));
  for (const own of OWN_ANNOTATIONS) delete annotations[own];
  return {
    name,
    namespace,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
}

/** The annotations and labels that some of the resources have, and the others have not or have otherwise. */
export function notAgreed(from: readonly Resource[]): string[] {
  const all = from.flatMap(({ labels, annotations }) => [...Object.keys(labels), ...Object.keys(annotations)]);
  const kept = [agreed(from.map(({ labels }) => labels)), agreed(from.map(({ annotations }) => annotations))];
  const lost = (key: string): boolean => !OWN_ANNOTATIONS.includes(key) && kept.every((one) => one[key] === undefined);
  return [...new Set(all)].filter(lost).sort();
}

function agreed(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...others] = all;
  return Object.fromEntries(Object.entries(first).filter(([key, value]) => others.every((one) => one[key] === value)));
}

/**
 * A name of these words that Kubernetes takes. Where that loses something of the words (capitals, `_`, length), a hash of them
 * stands at the end, so that different words make different names.
 */
export function nameFrom(...words: readonly string[]): string {
  const whole = words.join("-");
  const name = whole
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "-")
    .replace(/^[.-]+|[.-]+$/g, "");
  if (name === whole && name.length <= LONGEST_NAME) return name;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${name.slice(0, LONGEST_NAME - 1 - hash.length).replace(/[.-]+$/, "")}-${hash}`;
}
