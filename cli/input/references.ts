import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Alias,
  type Document,
  type Node,
  type ParsedNode,
} from "yaml";
import { suggestion } from "../schema/problem.ts";
import { MAX_LEVELS } from "./levels.ts";
import type { Fault } from "./text.ts";

/** How many values aliases may add to a document; go-yaml refuses such ones from some hundred thousands on. */
const MAX_ADDED = 1_000_000;

/**
 * What keeps a document without errors of syntax from being values of JSON: aliases that lead nowhere, into themselves or to
 * too much, and keys that are no text.
 */
export function brokenReferences(document: Document.Parsed<ParsedNode>): Fault[] {
  const faults: Fault[] = [];
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  let firstAlias: Alias | undefined;
  visit(document, {
    Node: (_key, node) => {
      if ("anchor" in node && typeof node.anchor === "string") anchors.set(node.anchor, node as Node);
    },
    Pair: (_key, { key, value }) => {
      if (isScalar(key) && key.source === "<<" && !merges(value, anchors)) {
        faults.push({ offset: offsetOf(key), message: "not YAML: << takes an object, or an alias of one" });
      }
      if (isCollection(key))
        faults.push({ offset: offsetOf(key), message: "not YAML: a key that is a list or an object" });
    },
    Alias: (_key, alias, path) => {
      const target = anchors.get(alias.source);
      if (target === undefined)
        faults.push({ offset: offsetOf(alias), message: lost(alias.source, [...anchors.keys()]) });
      else if (path.includes(target)) {
        faults.push({ offset: offsetOf(alias), message: `not YAML: the anchor &${alias.source} contains itself` });
      } else targets.set(alias, target);
      firstAlias ??= alias;
    },
  });
  if (faults.length > 0) return faults;
  if (targets.size === 0) return [];
  const { added, levels } = extentOf(document.contents, targets);
  const offset = firstAlias === undefined ? 0 : offsetOf(firstAlias);
  if (added > MAX_ADDED) {
    return [{ offset, message: "not YAML: its aliases multiply to millions of values, which kubectl refuses too" }];
  }
  return levels > MAX_LEVELS ? [{ offset, message: `not YAML: more than ${MAX_LEVELS} levels, by its aliases` }] : [];
}

/** Whether a value can stand after `<<`: an object, an alias of one, or a list of these. */
function merges(value: unknown, anchors: ReadonlyMap<string, Node>): boolean {
  if (isSeq(value)) return value.items.every((item) => !isSeq(item) && merges(item, anchors));
  return isMap(value) || (isAlias(value) && (isMap(anchors.get(value.source)) || !anchors.has(value.source)));
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** A star at the start of a value makes an alias of it, which is seldom meant. */
function lost(name: string, anchors: readonly string[]): string {
  const quoted = `quote it: "*${name}"`;
  if (!/^[\w-]+$/.test(name))
    return `not YAML: *${name} is an alias, as it begins with a star and has no quotes; ${quoted}`;
  const near = suggestion(name, anchors);
  return `not YAML: no anchor &${name} stands before the alias *${name} in this document${near}; if a star is meant, ${quoted}`;
}

/** What a part of a document is once its aliases are followed. */
interface Extent {
  readonly values: number;
  readonly levels: number;
}

/** How much a document is once its aliases are followed, and how much of that comes through them. */
function extentOf(root: unknown, targets: ReadonlyMap<Alias, Node>): Extent & { added: number } {
  const known = new Map<unknown, Extent>();
  let added = 0;
  const measure = (node: unknown): Extent => {
    const target = targets.get(node as Alias);
    if (target !== undefined) {
      const extent = known.get(target) ?? measure(target);
      added += extent.values;
      return extent;
    }
    const parts = isCollection(node) ? node.items.map((item) => measure(isPair(item) ? item.value : item)) : [];
    const extent = {
      values: parts.reduce((sum, { values }) => sum + values, 1),
      levels: parts.reduce((most, { levels }) => Math.max(most, levels), 0) + (isCollection(node) ? 1 : 0),
    };
    known.set(node, extent);
    return extent;
  };
  return { ...measure(root), added };
}
