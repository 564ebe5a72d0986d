import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { HeaderLine, JsonObject, Request } from "../../../../test/support/envoy/index.ts";
import { Features, reviews, to } from "./features.ts";

/** Requests for one match: those that meet it and those that do not. Expectations are Istio's, field by field. */
interface Case {
  match: JsonObject;
  hits: readonly Request[];
  misses: readonly Request[];
}

const at = (path: string): Request => ({ path });
const user = (...values: string[]): Request => ({ headers: values.map((value): HeaderLine => ["end-user", value]) });

const CASES: Readonly<Record<string, Case>> = {
  "uri-exact": { match: { uri: { exact: "/a" } }, hits: [at("/a"), at("/a?q=1")], misses: [at("/a/"), at("/A")] },
  "uri-prefix": { match: { uri: { prefix: "/a" } }, hits: [at("/a"), at("/ab?x"), at("/a/b")], misses: [at("/b/a")] },
  "uri-regex": {
    match: { uri: { regex: "/a(b|c)+" } },
    hits: [at("/ab"), at("/acb?d")],
    misses: [at("/a"), at("/abd"), at("/x/ab")],
  },
  "ignore-uri-case": {
    match: { uri: { prefix: "/Ab" }, ignoreUriCase: true },
    hits: [at("/aBc"), at("/AB")],
    misses: [at("/b")],
  },
  method: { match: { method: { exact: "POST" } }, hits: [{ method: "POST" }], misses: [{ method: "GET" }] },
  scheme: { match: { scheme: { exact: "http" } }, hits: [{}], misses: [] },
  authority: {
    match: { authority: { prefix: "reviews:" } },
    hits: [{ headers: [["host", "reviews:9080"]] }],
    misses: [{ headers: [["host", "reviews"]] }],
  },
  "header-exact": {
    match: { headers: { "End-User": { exact: "jason" } } },
    hits: [user("jason"), { headers: [["END-USER", "jason"]] }, user("anna", "jason")],
    misses: [{}, user("Jason"), user("jason2"), user("")],
  },
  "header-empty": { match: { headers: { "end-user": { exact: "" } } }, hits: [user("")], misses: [{}, user("x")] },
  "header-prefix": {
    match: { headers: { "end-user": { prefix: "ja" } } },
    hits: [user("jason"), user("x", "ja")],
    misses: [{}, user("aja")],
  },
  "header-regex": {
    match: { headers: { "end-user": { regex: "ja.*" } } },
    hits: [user("jason"), user("ja\xff")],
    misses: [{}, user("aja")],
  },
  "header-present": { match: { headers: { "end-user": {} } }, hits: [user("x"), user("")], misses: [{}] },
  "header-null": { match: { headers: { "end-user": null } }, hits: [user("x"), user("")], misses: [{}] },
  "pseudo-header": {
    match: { headers: { ":path": { exact: "/a?q=1" } } },
    hits: [at("/a?q=1")],
    misses: [at("/a")],
  },
  "host-header": {
    match: { headers: { host: { exact: "reviews:9080" } } },
    hits: [{ headers: [["host", "reviews:9080"]] }],
    misses: [{}],
  },
  "without-exact": {
    match: { withoutHeaders: { "end-user": { exact: "jason" } } },
    hits: [{}, user("anna")],
    misses: [user("jason")],
  },
  "without-anything": {
    match: { withoutHeaders: { "end-user": { regex: ".*" } } },
    hits: [],
    misses: [{}, user("anna")],
  },
  "without-present": {
    match: { withoutHeaders: { "end-user": {} } },
    hits: [{}],
    misses: [user(""), user("jason")],
  },
  "without-star": { match: { withoutHeaders: { "end-user": { regex: "*" } } }, hits: [{}], misses: [user("")] },
  query: {
    match: { queryParams: { v: { exact: "2" } } },
    hits: [at("/?v=2"), at("/?a=1&v=2&v=3")],
    misses: [at("/"), at("/?v=3&v=2"), at("/?v=%32"), at("/?vv=2")],
  },
  "query-present": { match: { queryParams: { v: {} } }, hits: [at("/?v"), at("/?v=")], misses: [at("/?w=1")] },
  cookies: {
    match: { cookies: { group: { exact: "beta" } } },
    hits: [{ headers: [["cookie", "a=1; group=beta"]] }, { headers: [["cookie", 'group="beta"']] }],
    misses: [{}, { headers: [["cookie", "group=alpha; group=beta"]] }, { headers: [["cookie", "xgroup=beta"]] }],
  },
  and: {
    match: { uri: { prefix: "/a" }, headers: { "end-user": { exact: "jason" } }, method: { exact: "GET" } },
    hits: [{ ...user("jason"), path: "/a" }],
    misses: [at("/a"), { ...user("jason"), path: "/b" }, { ...user("jason"), path: "/a", method: "POST" }],
  },
};

let features: Features;

before(async () => {
  const one = ({ match }: Case): JsonObject => reviews([to("hit", match), to("miss")]);
  features = await Features.start(
    Object.fromEntries(Object.entries(CASES).map(([name, value]) => [name, { configuration: one(value) }])),
  );
});
after(async () => await features?.stop());

for (const [name, { hits, misses }] of Object.entries(CASES)) {
  test(`match: ${name}`, async () => {
    for (const request of hits) {
      assert.equal((await features.send(name, request)).subset, "hit", JSON.stringify(request));
    }
    for (const request of misses) {
      assert.equal((await features.send(name, request)).subset, "miss", JSON.stringify(request));
    }
  });
}
