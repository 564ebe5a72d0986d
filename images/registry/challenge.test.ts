import assert from "node:assert/strict";
import { test } from "node:test";
import { readChallenge } from "./challenge.ts";

test("Bearer with its parameters, whose values may have commas and quotes", () => {
  const header =
    'Bearer realm="https://auth.example.com/token?a=b",Service="reg",scope="repository:a/b:pull,push",error="a \\"b\\""';
  assert.deepEqual(readChallenge(header), {
    scheme: "bearer",
    parameters: {
      realm: "https://auth.example.com/token?a=b",
      service: "reg",
      scope: "repository:a/b:pull,push",
      error: 'a "b"',
    },
  });
});

test("Bearer goes before Basic, and others count for nothing", () => {
  assert.deepEqual(readChallenge('Basic realm="x"'), { scheme: "basic", parameters: { realm: "x" } });
  assert.deepEqual(readChallenge('Basic realm="x", Bearer realm="y"')?.parameters, { realm: "y" });
  assert.equal(readChallenge('Digest realm="x"'), undefined);
  assert.equal(readChallenge(null), undefined);
});
