/** YAML is read as kubectl reads it: what is expected is what sigs.k8s.io/yaml 1.6.0 made of the same lines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { streams } from "../output/streams.ts";
import { readDocuments } from "./documents.ts";
import { STANDARD_INPUT } from "./files.ts";

const AS_JSON: readonly (readonly [yaml: string, json: string])[] = [
  ["on: response", '{"true":"response"}'],
  ["y: 1", '{"true":1}'],
  ["n: no", '{"false":false}'],
  ["t: 2026-11-25T10:00:00Z", '{"t":"2026-11-25T10:00:00Z"}'],
  ["a: 1:30", '{"a":"1:30"}'],
  ["<<: {x: 1}", '{"x":1}'],
  ["1: a", '{"1":"a"}'],
  ["h: 0777", '{"h":511}'],
  ["b: 1_000", '{"b":1000}'],
];

for (const [yaml, json] of AS_JSON) {
  test(`${yaml} is ${json}`, (t) => {
    const { input } = streams;
    t.after(() => (streams.input = input));
    streams.input = () => yaml;
    const [source] = readDocuments(STANDARD_INPUT, []);
    assert.equal(JSON.stringify(source?.value), json);
  });
}
