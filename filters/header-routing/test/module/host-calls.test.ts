/**
 * The budget: what each kind of request costs in host calls, exactly. One read of the headers, a property only where a
 * rule asks for it, a write for each header written.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Headers, RootOptions } from "../../../../emulator/index.ts";
import { HEADER_ROUTING } from "./compiled.ts";

const DESTINATION = { host: "reviews", subset: "v1" };
const GET = { ":authority": "reviews", ":path": "/", ":method": "GET" };

/** The host calls of one request and of its answer. */
function callsOf(http: unknown, headers: Headers, fields: object = {}, options: RootOptions = {}): string[] {
  const { vm } = HEADER_ROUTING.load();
  const root = HEADER_ROUTING.configured(vm, { virtualServices: [{ hosts: ["reviews"], http }], ...fields }, options);
  const stream = root.stream({ requestHeaders: headers });
  stream.requestHeaders();
  stream.responseHeaders({ ":status": "200" });
  const calls = [...stream.calls];
  stream.end();
  return calls;
}

const jason = { match: [{ headers: { "end-user": { exact: "jason" } } }], route: [{ destination: DESTINATION }] };

test("a match: one read, one write", () => {
  assert.deepEqual(callsOf([jason], { ...GET, "end-user": "jason" }), [
    "get_header_map_pairs request",
    "replace_header_map_value request x-subset=v1",
  ]);
});

test("a named route: its counter besides", () => {
  assert.deepEqual(callsOf([{ name: "jason", ...jason }], { ...GET, "end-user": "jason" }), [
    "get_header_map_pairs request",
    "increment_metric header_routing.route.jason.matched 1",
    "replace_header_map_value request x-subset=v1",
  ]);
});

test("a miss: one read, one counter", () => {
  assert.deepEqual(callsOf([jason], { ...GET, "end-user": "anna" }), [
    "get_header_map_pairs request",
    "increment_metric header_routing.no_match 1",
  ]);
});

test("another host: one read, one counter, and the client's steering header goes", () => {
  assert.deepEqual(callsOf([jason], { ...GET, ":authority": "details", "x-subset": "v9" }), [
    "get_header_map_pairs request",
    "increment_metric header_routing.no_match 1",
    "remove_header_map_value request x-subset",
  ]);
});

test("a sticky weight: no more than a match", () => {
  const route = [
    { destination: DESTINATION, weight: 1 },
    { destination: { host: "reviews", subset: "v1", port: { number: 80 } }, weight: 1 },
  ];
  assert.deepEqual(callsOf([{ hashOn: { header: "x-user" }, route }], { ...GET, "x-user": "u" }), [
    "get_header_map_pairs request",
    "replace_header_map_value request x-subset=v1",
  ]);
});

test("a property is read only where a rule gets as far as asking for it", () => {
  const principal = {
    match: [{ uri: { prefix: "/a" }, principals: ["cluster.local/ns/default/sa/sleep", "x"] }],
    route: [{ destination: DESTINATION }],
  };
  const properties = { connection: { uri_san_peer_certificate: "spiffe://cluster.local/ns/default/sa/sleep" } };
  assert.deepEqual(callsOf([principal], { ...GET, ":path": "/b" }, {}, { properties }), [
    "get_header_map_pairs request",
    "increment_metric header_routing.no_match 1",
  ]);
  assert.deepEqual(callsOf([principal], { ...GET, ":path": "/a" }, { direction: "INBOUND" }, { properties }), [
    "get_header_map_pairs request",
    "get_property connection.uri_san_peer_certificate",
    "replace_header_map_value request x-subset=v1",
  ]);
});

test("header operations: a write for each, on the request and on the answer; the route's name on wish", () => {
  const headers = {
    request: { set: { a: "1" }, add: { b: "2" }, remove: ["c"] },
    response: { set: { d: "3" } },
  };
  assert.deepEqual(callsOf([{ name: "r", headers, route: [{ destination: DESTINATION }] }], GET, { expose: true }), [
    "get_header_map_pairs request",
    "increment_metric header_routing.route.r.matched 1",
    "set_property header-routing.route=r",
    "remove_header_map_value request c",
    "replace_header_map_value request a=1",
    "add_header_map_value request b=2",
    "replace_header_map_value request x-subset=v1",
    "replace_header_map_value response d=3",
  ]);
});
