import { after, before, test } from "node:test";
import {
  fetchOnce,
  type Answer,
  type HeaderLine,
  type JsonObject,
  type Request,
} from "../../../../test/support/envoy/index.ts";
import { Rules, type Case } from "./rules.ts";

const to = (operation: JsonObject): JsonObject => ({ to: [{ operation }] });
const header = (name: string, fields: JsonObject): JsonObject => ({
  when: [{ key: `request.headers[${name}]`, ...fields }],
});

const host = (value: string): Request => ({ headers: [["host", value]] });
const method = (value: string): Request => ({ method: value });
const at = (path: string): Request => ({ path });
const user = (...values: string[]): Request => ({ headers: values.map((value): HeaderLine => ["x-user", value]) });

/** Expectations are Istio's, field by field: `*` alone, before or behind a value, or none. */
const CASES: Readonly<Record<string, Case<Request>>> = {
  "hosts, exact": {
    rule: to({ hosts: ["other", "Example.com"] }),
    hits: [host("example.com"), host("EXAMPLE.com"), host("other")],
    misses: [host("example.com:8080"), host("a.example.com"), host("example.com.")],
  },
  "hosts, the port included": {
    rule: to({ hosts: ["example.com:8080"] }),
    hits: [host("example.com:8080"), host("Example.Com:8080")],
    misses: [host("example.com"), host("example.com:80")],
  },
  "hosts, prefix": {
    rule: to({ hosts: ["example.com:*"] }),
    hits: [host("example.com:80"), host("EXAMPLE.com:8080")],
    misses: [host("example.com")],
  },
  "hosts, suffix": {
    rule: to({ hosts: ["*.example.com"] }),
    hits: [host("a.example.com"), host("a.B.EXAMPLE.com")],
    misses: [host("example.com"), host("a.example.com:80")],
  },
  "hosts, any": { rule: to({ hosts: ["*"] }), hits: [host("a"), host("[::1]:80")], misses: [] },
  notHosts: {
    rule: to({ notHosts: ["example.com", "*.test"] }),
    hits: [host("other"), host("example.com:80")],
    misses: [host("example.COM"), host("a.test")],
  },
  "methods, exact": {
    rule: to({ methods: ["GET", "PUT"] }),
    hits: [method("GET"), method("PUT")],
    misses: [method("POST"), method("HEAD")],
  },
  "methods, to the letter": { rule: to({ methods: ["get"] }), hits: [], misses: [method("GET")] },
  "methods, prefix": {
    rule: to({ methods: ["P*"] }),
    hits: [method("POST"), method("PUT")],
    misses: [method("OPTIONS"), method("GET")],
  },
  "methods, suffix": { rule: to({ methods: ["*ST"] }), hits: [method("POST")], misses: [method("PUT")] },
  notMethods: { rule: to({ notMethods: ["GET"] }), hits: [method("POST")], misses: [method("GET")] },
  "paths, exact": {
    rule: to({ paths: ["/a"] }),
    hits: [at("/a"), at("/a?q=/b"), at("/a?")],
    misses: [at("/a/"), at("/A"), at("/ab"), at("/"), at("/%61")],
  },
  "paths, prefix": {
    rule: to({ paths: ["/a*"] }),
    hits: [at("/a"), at("/ab/c"), at("/a?q")],
    misses: [at("/b/a"), at("/")],
  },
  "paths, suffix": {
    rule: to({ paths: ["*.txt"] }),
    hits: [at("/a.txt"), at("/a/b.txt?q")],
    misses: [at("/a.txt/"), at("/a?q=.txt")],
  },
  "paths, any": { rule: to({ paths: ["*"] }), hits: [at("/"), at("/a?b")], misses: [] },
  "paths, one segment of a template": {
    rule: to({ paths: ["/foo/{*}/baz"] }),
    hits: [at("/foo/bar/baz"), at("/foo/b-a.r/baz?q=1")],
    misses: [at("/foo/bar"), at("/foo//baz"), at("/foo/bar/bar/baz"), at("/x/foo/bar/baz")],
  },
  "paths, the rest of a template": {
    rule: to({ paths: ["/foo/{**}/"] }),
    hits: [at("/foo/bar/"), at("/foo//"), at("/foo/bar/baz/")],
    misses: [at("/foo/bar"), at("/foo/bar/baz.txt")],
  },
  notPaths: {
    rule: to({ notPaths: ["/a*", "/b/{*}"] }),
    hits: [at("/"), at("/b"), at("/b/c/d")],
    misses: [at("/a"), at("/b/c?q")],
  },
  "all fields of an operation": {
    rule: to({ hosts: ["a"], methods: ["GET"], paths: ["/p"], notPaths: ["/q"] }),
    hits: [{ ...host("a"), path: "/p" }],
    misses: [
      { ...host("b"), path: "/p" },
      { ...host("a"), path: "/x" },
      { ...host("a"), path: "/p", method: "PUT" },
    ],
  },
  "one of the operations, and all conditions": {
    rule: {
      to: [{ operation: { paths: ["/a"] } }, { operation: { methods: ["PUT"] } }],
      when: [
        { key: "request.headers[x-user]", values: ["jason"] },
        { key: "request.headers[x-team]", notValues: ["red"] },
      ],
    },
    hits: [
      { ...user("jason"), path: "/a" },
      { ...user("jason"), method: "PUT" },
    ],
    misses: [
      user("jason"),
      at("/a"),
      {
        path: "/a",
        headers: [
          ["x-user", "jason"],
          ["x-team", "red"],
        ],
      },
    ],
  },
  "request.headers, exact": {
    rule: header("X-User", { values: ["jason", "anna"] }),
    hits: [user("jason"), user("anna"), { headers: [["X-USER", "jason"]] }],
    misses: [{}, user("Jason"), user("jasonx"), user("")],
  },
  "request.headers, one of repeated ones": {
    rule: header("x-user", { values: ["jason"] }),
    hits: [user("anna", "jason"), user("jason", "anna")],
    misses: [user("anna", "bob"), user("anna,jason")],
  },
  "request.headers, repeated ones joined": {
    rule: header("x-user", { values: ["anna,jason"] }),
    fields: { repeatedHeaders: "JOINED" },
    hits: [user("anna", "jason"), user("anna,jason")],
    misses: [user("jason", "anna"), user("anna"), user("jason")],
  },
  "request.headers, prefix": {
    rule: header("x-user", { values: ["ja*"] }),
    hits: [user("jason"), user("ja")],
    misses: [{}, user("aja")],
  },
  "request.headers, suffix": {
    rule: header("x-user", { values: ["*son"] }),
    hits: [user("jason"), user("son")],
    misses: [{}, user("jasons")],
  },
  "request.headers, present": {
    rule: header("x-user", { values: ["*"] }),
    hits: [user("x"), user("")],
    misses: [{}],
  },
  "request.headers, notValues": {
    rule: header("x-user", { notValues: ["jason"] }),
    hits: [{}, user("anna")],
    misses: [user("jason"), user("anna", "jason")],
  },
  "request.headers, values and notValues": {
    rule: header("x-user", { values: ["ja*"], notValues: ["jason"] }),
    hits: [user("jack")],
    misses: [{}, user("jason"), user("anna")],
  },
  "request.headers of a pseudo-header": {
    rule: header(":path", { values: ["/a?q=1"] }),
    hits: [at("/a?q=1")],
    misses: [at("/a"), at("/a?q=2")],
  },
  "request.headers of host": {
    rule: header("host", { values: ["example.com"] }),
    hits: [host("example.com")],
    misses: [host("EXAMPLE.com"), host("example.com:80")],
  },
  regex: {
    rule: header("x-user", { regex: ["j.*n", "[0-9]{3}"] }),
    hits: [user("jason"), user("123"), user("anna", "john")],
    misses: [{}, user("jasons"), user("ajason"), user("12"), user("1234")],
  },
  "regex beside values": {
    rule: header("x-user", { values: ["anna"], regex: ["j.*"] }),
    hits: [user("anna"), user("jason")],
    misses: [{}, user("annaj")],
  },
  notRegex: {
    rule: header("x-user", { notRegex: ["j.*"], notValues: ["anna"] }),
    hits: [{}, user("bob")],
    misses: [user("jason"), user("anna")],
  },
};

let rules: Rules;

before(async () => (rules = await Rules.start(CASES)));
after(async () => await rules?.stop());

const send = async (port: number, request: Request): Promise<Answer> => await fetchOnce(port, request);

for (const [name, one] of Object.entries(CASES)) test(name, async () => await rules.verify(name, one, send));
