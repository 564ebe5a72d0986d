/** A request reaches a filter as Envoy hands it over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signalbox } from "../test/run.ts";
import { headersOf, portOf } from "./as-envoy.ts";
import { normalizePath } from "./normalize-path.ts";

/** What Envoy 1.40.0 made of paths with `normalize_path: true` and `path_with_escaped_slashes_action: KEEP_UNCHANGED`. */
const NORMALIZED: readonly (readonly [path: string, normalized: string])[] = [
  ["/", "/"],
  ["/x/../admin", "/admin"],
  ["/x/%2e%2e/admin", "/admin"],
  ["/x/.%2E/a", "/a"],
  ["/../a", "/a"],
  ["/a/..", "/"],
  ["/a/.", "/a/"],
  ["/a/./b", "/a/b"],
  ["/a//b", "/a//b"],
  ["//a", "//a"],
  ["/a\\b", "/a/b"],
  ["/a\\..\\b", "/b"],
  ["/a/%2E%2e\\b", "/b"],
  ["/a?x/../y", "/a?x/../y"],
  ["/a/../b?c=/../d", "/b?c=/../d"],
  ["/a%zz", "/a%zz"],
  ["/a%2", "/a%2"],
  ["/a/b/../../../c", "/c"],
  ["/%2E", "/"],
  ["/a;b/../c", "/c"],
  ["/a/...", "/a/..."],
  ["/a/..b", "/a/..b"],
  ["/%61dmin", "/admin"],
  ["/a%5cb", "/a%5cb"],
  ["/a%2fb/../c", "/c"],
  ["/..", "/"],
  ["/a/b/..?q", "/a/?q"],
  ["/?a\\b", "/?a\\b"],
  ['/a?<>"', '/a?<>"'],
  ["/a/%c3%a4", "/a/%c3%a4"],
  ['/a"<>^`{|}b', "/a%22%3C%3E%5E%60%7B%7C%7Db"],
  ["/a!$&'()*+,-./:;=@[]_~", "/a!$&'()*+,-./:;=@[]_~"],
  // Of all escapes, those of letters, digits and -._~ are undone.
  [
    "/%20%21%24%2a%2d%2e%2f%30%39%3a%40%41%5a%5b%5f%60%61%7a%7b%7e%7f%80%ff",
    "/%20%21%24%2a-.%2f09%3a%40AZ%5b_%60az%7b~%7f%80%ff",
  ],
];

for (const [path, normalized] of NORMALIZED) {
  test(`${path} is ${normalized}`, () => assert.equal(normalizePath(path), normalized));
}

test("names in lower case, values without blanks around them, Host as :authority", () => {
  const headers = { "X-A": " 1\t", "x-a": "2", Host: "b", B: ["3", "4"] };
  assert.deepEqual(
    headersOf({ headers, path: "/x/../y" }).map(([name, value]) => `${name}: ${value}`),
    [":method: GET", ":scheme: http", ":authority: b", ":path: /y", "x-a: 1", "x-a: 2", "b: 3", "b: 4"],
  );
  // As Envoy 1.40.0 joins two of them.
  assert.deepEqual(headersOf({ headers: { host: ["a", "b"] } })[2], [":authority", "a,b"]);
});

test("the port is that of the host, else the scheme's", () => {
  assert.equal(portOf({}), 80);
  assert.equal(portOf({ scheme: "https" }), 443);
  assert.equal(portOf({ host: "a:9080" }), 9080);
  assert.equal(portOf({ headers: { Host: "a:9080" } }), 9080);
  assert.equal(portOf({ host: "a:9080", port: 1 }), 1);
});

test("what Envoy answers 400 to is refused, as is what is said twice", async () => {
  const refused = async (request: object) => {
    const { status, err } = await signalbox([
      "explain",
      "filters/authz/wasmplugin.yaml",
      "-r",
      JSON.stringify(request),
    ]);
    assert.equal(status, 2);
    return err.replace("signalbox: --request", "").trimEnd();
  };
  assert.equal(await refused({ path: "/a#b" }), '.path: Envoy answers 400 to "/a#b"; write /a%23b');
  assert.equal(await refused({ path: "/ä" }), '.path: Envoy answers 400 to "/ä"; write /%C3%A4');
  assert.equal(await refused({ path: "/a b" }), '.path: Envoy answers 400 to "/a b"; write /a%20b');
  assert.equal(await refused({ path: "/a%00" }), '.path: Envoy answers 400 to "/a%00"');
  assert.equal(
    await refused({ headers: { ":path": "/" } }),
    ".headers: :path is no header: write method, scheme, host or path",
  );
  assert.equal(await refused({ headers: { "x y": "1" } }), '.headers: "x y" is not the name of a header');
  assert.equal(await refused({ headers: { x: "1\n2" } }), ".headers.x: a value has no line breaks and no NUL");
  assert.equal(
    await refused({ host: "a", headers: { HOST: "b" } }),
    ": host and the header HOST both say the host: give one",
  );
});

test("a filter sees it so: Host, names in any case, claims that are split at blanks, addresses of both kinds", async () => {
  const denied = async (rule: object, request: object) => {
    const config = JSON.stringify({ policies: [{ name: "a", action: "DENY", rules: [rule] }] });
    const args = ["explain", "-", "-f", "authz", "-r", JSON.stringify(request), "-o", "json"];
    const { out, err } = await signalbox(args, config);
    assert.equal(err, "");
    return (JSON.parse(out) as { outcome: string }[])[0]?.outcome === "answered";
  };
  const operation = (fields: object) => ({ to: [{ operation: fields }] });
  const when = (key: string, value: string) => ({ when: [{ key, values: [value] }] });
  assert.ok(await denied(operation({ hosts: ["a"] }), { headers: { Host: "a" } }));
  assert.ok(await denied(operation({ paths: ["/admin"] }), { path: "/x/../%61dmin" }));
  assert.ok(await denied(operation({ ports: ["80"] }), {}));
  assert.ok(await denied(when("request.headers[x-a]", "2"), { headers: { "X-A": "1", "x-a": "2" } }));
  assert.ok(await denied(when("request.auth.claims[scope]", "read"), { claims: { scope: "write  read" } }));
  assert.ok(await denied(when("request.auth.claims[permission]", "b"), { claims: { permission: "a b" } }));
  assert.ok(!(await denied(when("request.auth.claims[scope]", "write read"), { claims: { scope: "write read" } })));
  assert.ok(await denied(when("request.auth.claims[other]", "a b"), { claims: { other: "a b" } }));
  assert.ok(await denied(when("remote.ip", "2001:db8::1"), { remoteIp: "2001:db8::1" }));
});
