import assert from "node:assert/strict";
import { test } from "node:test";
import { countsOf } from "./counts.ts";

const MAP = `1000 100 Builtin:Abort
10030 60 JS:wasm-function[5]-5-turbofan
12000 40 JS:proxy_on_log-7-turbofan
13000 40 JS:wasm-to-js-proxy_log-none
14000 40 JS:*send file.ts:1:2
`;

/** Of ten requests: instructions in both functions, a call, one that only one request ran, and some outside of the module. */
const CALLGRIND = `fn=???
0x10030 0 10
0x1003f 0 20
0x10040 0 10
0x10044 0 1
calls=10 0x12000 0
0x10048 0 5000
0x10048 0 10
0x12004 0 10

fn=other
0x13004 0 10
0x14000 0 10
0x1000 0 10
`;

test("counts what all requests run of the module's functions, and no call twice", () => {
  // 0x10030 and 0x1003f lie on one line, 0x10040 and 0x10048 on the next, all on one page; 0x12004 lies on another.
  assert.deepEqual(countsOf(CALLGRIND, MAP, 10), { instructions: 6, distinct: 5, lines: 3, pages: 2 });
});

test("says so if nothing of the module ran", () => {
  assert.throws(() => countsOf("", MAP, 10), /nothing of the module/);
  assert.throws(() => countsOf(CALLGRIND, "", 10), /nothing of the module/);
});
