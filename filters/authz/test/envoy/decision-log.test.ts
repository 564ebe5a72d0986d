import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import {
  Authority,
  FeatureListeners,
  Http1,
  type Feature,
  type HeaderLine,
  type JsonObject,
  type Request,
} from "../../../../test/support/envoy/index.ts";
import { policy } from "./rules.ts";

const user = (value: string): JsonObject => ({ when: [{ key: "request.headers[x-user]", values: [value] }] });
const POLICIES: readonly JsonObject[] = [
  policy("deny", "DENY", [user("nobody"), user("mallory")]),
  policy("allow", "ALLOW", [user("anna"), user("bob")]),
  policy("audit", "AUDIT", [user("bob")]),
  policy("try", "DENY", [user("anna")], { dryRun: true }),
];
const ALL = { percentage: { value: 100 } };
const NONE = { percentage: { value: 0 } };

let listeners: FeatureListeners;
let sleep: ConnectionOptions;

before(async () => {
  const authority = await Authority.create();
  const { certificate: cert, key } = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/sleep"] });
  sleep = { cert, key };
  const certificate = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/httpbin"] });
  const tls = { certificate, clientAuthority: authority.certificate };
  const logging = (decisionLog?: JsonObject): Feature => ({ configuration: { policies: POLICIES, decisionLog } });
  listeners = await FeatureListeners.start(
    "authz",
    {
      everything: { ...logging({ allowed: ALL, maxPerSecond: 1000 }), chain: { tls } },
      usual: logging({ maxPerSecond: 1000 }),
      "dry run": logging({ denied: NONE, dryRunDenied: ALL, maxPerSecond: 1000 }),
      "no log": logging(),
      half: logging({ denied: { percentage: { value: 50 } }, maxPerSecond: 1000 }),
      limited: logging({ maxPerSecond: 3 }),
    },
    { metadata: { NAMESPACE: "default" }, logLevels: "wasm:info" },
  );
});
after(async () => await listeners?.stop());

interface Line {
  /** The worker's thread, as Envoy's prefix of the line names it. */
  worker: string;
  decision: Record<string, unknown>;
}

/** The decisions that were logged since, once those of the last request are there, too. */
function logged(from: number): Line[] {
  const lines = listeners.envoy
    .log()
    .slice(from)
    .split("\n")
    .filter((line) => line.includes("authz: {"));
  return lines.map((line) => {
    const [, worker = ""] = /^\[[^\]]*\]\[(\d+)\]\[info\]\[wasm\]/.exec(line) ?? [];
    assert.notEqual(worker, "", line);
    return { worker, decision: JSON.parse(line.slice(line.indexOf("authz: ") + 7)) as Record<string, unknown> };
  });
}

const as = (who: string, request: Request = {}): Request => {
  const headers: HeaderLine[] = [["x-user", who], ...(request.headers ?? [])];
  return { ...request, headers };
};

/** Sends requests, then one with a path of its own that is logged; gives the decisions of those before it. */
async function decisions(
  name: string,
  requests: readonly Request[],
  tls?: ConnectionOptions,
): Promise<Line["decision"][]> {
  const from = listeners.envoy.log().length;
  for (const request of requests) await listeners.send(name, request, tls);
  await mark(from);
  return logged(from)
    .map(({ decision }) => decision)
    .filter(({ path }) => path !== "/mark");
}

/** Envoy writes its log in order: where this line is, those before it are. */
async function mark(from: number): Promise<void> {
  await listeners.send("usual", as("mark", { path: "/mark" }));
  await listeners.envoy.logged('"path":"/mark"', from);
}

test("a line says who asked for what, the verdict, and which rules it came of", async () => {
  const [denied, allowed, none] = await decisions(
    "everything",
    [as("mallory", { path: "/a?secret=1", headers: [["host", "example.com"]] }), as("bob", { method: "PUT" }), as("x")],
    sleep,
  );
  const { time, ...rest } = denied!;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
  const caller = { principal: "cluster.local/ns/default/sa/sleep", method: "GET", host: "localhost", path: "/" };
  assert.deepEqual(rest, {
    ...caller,
    verdict: "denied",
    policy: "ns[default]-policy[deny]",
    rule: 1,
    dryRun: "allowed",
    host: "example.com",
    path: "/a",
  });
  assert.deepEqual(
    { ...allowed, time: "" },
    {
      ...caller,
      time: "",
      verdict: "allowed",
      policy: "ns[default]-policy[allow]",
      rule: 1,
      auditPolicy: "ns[default]-policy[audit]",
      auditRule: 0,
      dryRun: "allowed",
      method: "PUT",
    },
  );
  assert.deepEqual(
    { ...none, time: "" },
    { ...caller, time: "", verdict: "denied", reason: "no ALLOW rule matches", dryRun: "allowed" },
  );
});

test("time is the request's, in UTC", async () => {
  const from = Date.now();
  const [line] = await decisions("usual", [as("mallory")]);
  const time = Date.parse(String(line!["time"]));
  assert.ok(time >= from - 1000 && time <= Date.now() + 1000, `${String(line!["time"])}`);
});

test("which decisions are logged: where nothing else is said, what is denied or a dry run would deny", async () => {
  const requests = [as("anna"), as("bob"), as("mallory")];
  const verdicts = async (name: string): Promise<unknown[]> =>
    (await decisions(name, requests)).map(({ verdict, dryRun }) => `${String(verdict)}, dry run ${String(dryRun)}`);
  assert.deepEqual(await verdicts("usual"), ["allowed, dry run denied", "denied, dry run allowed"]);
  assert.deepEqual(await verdicts("dry run"), ["allowed, dry run denied"]);
  assert.deepEqual(await verdicts("no log"), [], "without decisionLog");
});

test("a share of them, within five standard deviations", async () => {
  const requests = 400;
  const lines = await decisions(
    "half",
    Array.from({ length: requests }, () => as("mallory")),
  );
  const deviation = Math.sqrt(requests * 0.25);
  assert.ok(Math.abs(lines.length - requests / 2) < 5 * deviation, `${lines.length} of ${requests}`);
});

test("no request can write into the log what is no line of it", async () => {
  const from = listeners.envoy.log().length;
  const [line] = await decisions("usual", [as("mallory", { path: '/a"},{\\' })]);
  assert.equal(line!["path"], '/a"},{\\');
  assert.equal(logged(from).length, 2, "the line and the mark's");
});

test("an attack does not flood the log: so many lines a second and worker, the others counted", async () => {
  const connections = 8;
  const denials = 100;
  const from = listeners.envoy.log().length;
  const dropped = "wasmcustom.authz.decision_log_dropped";
  const before = await listeners.envoy.stat(dropped);

  const attack = async (): Promise<void> => {
    const connection = await Http1.connect(listeners.envoy.port("limited"));
    for (let sent = 0; sent < denials; sent++) {
      assert.equal((await connection.request(as("mallory", { path: "/attack" }))).status, 403);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, attack));
  await mark(from);

  const lines = logged(from).filter(({ decision }) => decision["path"] === "/attack");
  const seconds = new Map<string, number>();
  for (const { worker, decision } of lines) {
    const second = `${worker} ${String(decision["time"]).slice(0, 19)}`;
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  assert.ok(lines.length > 0);
  for (const [second, count] of seconds) assert.ok(count <= 3, `${count} lines of ${second}`);
  assert.equal(lines.length + (await listeners.envoy.stat(dropped)) - before, connections * denials);
});
