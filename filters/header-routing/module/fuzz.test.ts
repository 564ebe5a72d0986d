/** No configuration and no request may trap. `SEED=` replays a run, `FUZZ=` sets how many rounds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom, type RandomSource } from "../../../emulator/index.ts";
import { HEADER_ROUTING } from "./compiled.ts";

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const ROUNDS = Number(process.env.FUZZ ?? 3000);

/** Random choices that a seed replays. */
class Choices {
  private readonly random: RandomSource;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  below(bound: number): number {
    return Buffer.from(this.random(4)).readUInt32LE() % bound;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  bytes(most: number): Uint8Array {
    return this.random(this.below(most + 1));
  }
}

const VALID = JSON.stringify({
  expose: true,
  repeatedHeaders: "JOINED",
  direction: "INBOUND",
  trustDomain: "td",
  steering: { header: "x-subset", value: "{subset}.{host}:{port}" },
  virtualServices: [
    {
      name: "a",
      namespace: "b",
      hosts: ["reviews", "*.example.com", "*"],
      http: [
        {
          name: "r",
          match: [
            {
              uri: { regex: "/[a-z]+(\\d{1,3}|x*)$" },
              method: { exact: "GET" },
              headers: { a: { prefix: "b" }, ":path": {}, "@request.auth.claims[a][b]": { exact: "c" } },
              withoutHeaders: { c: { regex: "*" }, d: { exact: "" } },
              queryParams: { q: { exact: "1" } },
              cookies: { s: { prefix: "t" } },
              principals: ["*", "a*", "*b", "c"],
              port: 8080,
              sourceLabels: { app: "x" },
              ignoreUriCase: true,
            },
            { uri: { prefix: "/" } },
          ],
          hashOn: { cookie: "s" },
          headers: { request: { set: { e: "100%%" }, remove: ["f"] }, response: { add: { g: "1" } } },
          route: [
            { destination: { host: "h", subset: "v1", port: { number: 80 } }, weight: 10 },
            { destination: { host: "h", subset: "v2" }, weight: 90 },
          ],
        },
      ],
    },
  ],
});

/** The valid document with a few bytes changed, tokens put in, or parts doubled or cut. */
function mutated(choices: Choices): Uint8Array {
  let text = VALID;
  const tokens = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "null",
    "true",
    "-1",
    "1e309",
    '"\\ud800"',
    "\0",
    "\xff",
    "[[",
    "(?",
    "*",
  ];
  for (let count = 1 + choices.below(4); count > 0; count--) {
    const at = choices.below(text.length + 1);
    const to = Math.min(text.length, at + choices.below(20));
    const put = choices.of(["", text.slice(at, to).repeat(2), choices.of(tokens)]);
    text = text.slice(0, at) + put + text.slice(to);
  }
  return Buffer.from(text, "latin1");
}

test(`configurations: mutated, random and nested, seed ${SEED}`, () => {
  const choices = new Choices(SEED);
  const { vm } = HEADER_ROUTING.load({ record: false });
  for (let round = 0; round < ROUNDS; round++) {
    const configuration =
      round % 10 === 0
        ? choices.bytes(300)
        : round % 11 === 0
          ? Buffer.from("[".repeat(choices.below(500)))
          : mutated(choices);
    const root = vm.createRoot({ configuration });
    assert.equal(
      vm.failed,
      undefined,
      `seed ${SEED}, round ${round}: ${Buffer.from(configuration).toString("latin1")}`,
    );
    if (root.accepted) {
      const stream = root.stream({ requestHeaders: { ":authority": "reviews", ":path": "/a1?q=1", a: "bb" } });
      stream.requestHeaders();
      stream.end();
      assert.equal(vm.failed, undefined, `seed ${SEED}, round ${round}`);
    }
    root.delete();
    vm.emulator.logs.length = 0;
  }
});

test(`requests: empty, huge, repeated, a thousand headers, bytes of every kind, seed ${SEED}`, () => {
  const choices = new Choices(SEED);
  const { vm } = HEADER_ROUTING.load({ record: false, logLevel: "debug" });
  const root = HEADER_ROUTING.configured(vm, JSON.parse(VALID), { node: { metadata: { LABELS: { app: "x" } } } });
  const names = [":authority", ":path", ":method", ":scheme", "a", "c", "d", "f", "cookie", "x-subset", "", "host"];
  const text = (most: number): Uint8Array => {
    if (choices.below(3) > 0) return choices.bytes(most);
    return Buffer.from(
      choices.of(["/a1?q=1&q", "reviews:80", "s=t; s", "GET", '"', "a.example.com", "?", ";;=;", "[::1]:80"]),
    );
  };
  for (let round = 0; round < ROUNDS; round++) {
    const count = round % 100 === 0 ? 1000 : choices.below(20);
    const size = round % 250 === 0 ? 200_000 : 60;
    const headers = Array.from({ length: count }, () => [choices.of(names), text(count > 100 ? 20 : size)] as const);
    const properties = {
      connection: { uri_san_peer_certificate: Buffer.from(choices.bytes(40)).toString("latin1") },
      destination: { port: choices.below(70_000) },
    };
    const stream = root.stream({ requestHeaders: headers, properties });
    stream.requestHeaders();
    if (choices.below(2) > 0) stream.responseHeaders({ ":status": "200" });
    stream.end();
    assert.equal(vm.failed, undefined, `seed ${SEED}, round ${round}`);
    vm.emulator.logs.length = 0;
  }
});
