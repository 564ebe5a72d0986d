/** No configuration and no request may trap. `SEED=` replays a run, `FUZZ=` sets how many rounds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { anyConfiguration } from "../../../../test/support/module/mutate.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { HEADER_ROUTING } from "./compiled.ts";

const SEED = seedOfRun();
const ROUNDS = Number(process.env.FUZZ ?? 3000);

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

test(`configurations: mutated, random and nested, seed ${SEED}`, () => {
  const random = new Random(SEED);
  const { vm } = HEADER_ROUTING.load({ record: false });
  for (let round = 0; round < ROUNDS; round++) {
    const configuration = anyConfiguration(random, VALID);
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
  const random = new Random(SEED);
  const { vm } = HEADER_ROUTING.load({ record: false, logLevel: "debug" });
  const root = HEADER_ROUTING.configured(vm, JSON.parse(VALID), { node: { metadata: { LABELS: { app: "x" } } } });
  const names = [":authority", ":path", ":method", ":scheme", "a", "c", "d", "f", "cookie", "x-subset", "", "host"];
  const text = (most: number): Uint8Array => {
    if (random.int(3) > 0) return random.bytes(random.int(most + 1));
    return Buffer.from(
      random.pick(["/a1?q=1&q", "reviews:80", "s=t; s", "GET", '"', "a.example.com", "?", ";;=;", "[::1]:80"]),
    );
  };
  for (let round = 0; round < ROUNDS; round++) {
    const count = round % 100 === 0 ? 1000 : random.int(20);
    const size = round % 250 === 0 ? 200_000 : 60;
    const headers = Array.from({ length: count }, () => [random.pick(names), text(count > 100 ? 20 : size)] as const);
    const properties = {
      connection: { uri_san_peer_certificate: Buffer.from(random.bytes(random.int(41))).toString("latin1") },
      destination: { port: random.int(70_000) },
    };
    const stream = root.stream({ requestHeaders: headers, properties });
    stream.requestHeaders();
    if (random.int(2) > 0) stream.responseHeaders({ ":status": "200" });
    stream.end();
    assert.equal(vm.failed, undefined, `seed ${SEED}, round ${round}`);
    vm.emulator.logs.length = 0;
  }
});
