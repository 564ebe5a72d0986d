import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTag, readAddress, repositoryOf } from "./address.ts";

test("an address is https, but on this machine or where it says http", () => {
  const read = (text: string) => {
    const { origin, path } = readAddress(text);
    return [origin, path];
  };
  assert.deepEqual(read("registry.example.com/team/signalbox"), ["https://registry.example.com", "team/signalbox"]);
  assert.deepEqual(read("registry.example.com:5000"), ["https://registry.example.com:5000", ""]);
  assert.deepEqual(read("localhost:5000/a/"), ["http://localhost:5000", "a"]);
  assert.deepEqual(read("[::1]:5000/a"), ["http://[::1]:5000", "a"]);
  assert.deepEqual(read("127.0.0.2/a"), ["http://127.0.0.2", "a"]);
  assert.deepEqual(read("http://kind-registry:5000/a"), ["http://kind-registry:5000", "a"]);
  assert.deepEqual(read("https://localhost/a"), ["https://localhost", "a"]);
  assert.deepEqual(read("localhost.example.com/a"), ["https://localhost.example.com", "a"]);
});

test("a filter's repository lies below the path, or is all of it", () => {
  assert.equal(repositoryOf(readAddress("registry.example.com/a/b"), "authz"), "a/b/authz");
  assert.equal(repositoryOf(readAddress("registry.example.com"), "authz"), "authz");
});

test("what is no address is told in one line", () => {
  const refused = {
    "": /write host\/path/,
    "/a": /write host/,
    "host/UPPER": /"UPPER" is no repository/,
    "host/a//b": /no repository/,
  };
  for (const [text, message] of Object.entries(refused)) assert.throws(() => readAddress(text), message);
  for (const text of ["host:port/a", "user@host/a", "ho st/a", "host/a:tag", "host/a@sha256:00"]) {
    assert.throws(() => readAddress(text), /^Error: REGISTRY is "[^\n]*$/, text);
  }
});

test("a tag is checked before anything is sent", () => {
  for (const tag of ["0.1.0", "latest", "_x", "a".repeat(128)]) checkTag(tag);
  for (const tag of ["", ".x", "-x", "a/b", "a:b", "a".repeat(129)])
    assert.throws(() => checkTag(tag), /^Error: TAG is/, tag);
});
