import assert from "node:assert/strict";
import { test } from "node:test";
import { strFromU8, zlibSync } from "fflate";
import { fragmentOf, stateOf } from "../page/link.ts";

const STATE = { filter: "authz", config: "# ä 日本 \u{1f9ed}\npolicies: []\n", request: "{}" };

/** The fragment of any text, packed as a state is. */
function packed(text: string): string {
  const bytes = zlibSync(new TextEncoder().encode(text), { level: 9 });
  return `#${btoa(strFromU8(bytes, true)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

test("a link carries what is written, of any characters", () => {
  assert.deepEqual(stateOf(fragmentOf(STATE)), STATE);
});

test("a link has no character that a fragment has to escape (RFC 3986, 3.5)", () => {
  for (let length = 0; length < 64; length++) {
    assert.match(fragmentOf({ ...STATE, config: "\u00ff".repeat(length) }), /^#[A-Za-z0-9_-]+$/);
  }
});

test("what is no state is none", () => {
  const texts = ["null", "[]", "{}", '{"filter":1,"config":"","request":""}', '{"filter":"a","config":"b"}', "x"];
  for (const fragment of ["", "#", "#%", "#abc", "#aGVsbG8", ...texts.map(packed)]) {
    assert.equal(stateOf(fragment), undefined, fragment);
  }
});

test("a link that would unfold to more than 4 MB is none", () => {
  const large = fragmentOf({ ...STATE, config: "a".repeat(5_000_000) });
  assert.ok(large.length < 20_000);
  assert.equal(stateOf(large), undefined);
  assert.equal(stateOf(fragmentOf({ ...STATE, config: "a".repeat(1_000_000) }))?.config.length, 1_000_000);
});
