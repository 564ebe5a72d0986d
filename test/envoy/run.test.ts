import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parse } from "yaml";
import { PROJECT } from "../../tools/project.ts";
import { BACKEND, fetchOnce, freePort, until, type HeaderLine, type JsonObject } from "../support/envoy/index.ts";
import { sending } from "./reviews.ts";

const skip = BACKEND === "process" ? false : "make run needs no container";

/** What `make run` runs, in a folder for temporary files of its own so that leavings show. */
class Run {
  readonly temporary = mkdtempSync(join(tmpdir(), "signalbox-test-run-"));
  private readonly edited = join(this.temporary, "edited.yaml");
  private readonly process: ChildProcess;
  private printed = "";
  /** Whether it has ended, and all that it printed has been read. */
  private closed = false;

  constructor(
    t: TestContext,
    readonly port: number,
    adminPort: number,
    configuration: JsonObject,
    env: NodeJS.ProcessEnv = {},
  ) {
    this.edit(JSON.stringify(configuration));
    const ports = { PORT: `${port}`, ADMIN_PORT: `${adminPort}`, FILTER: "header-routing" };
    this.process = spawn(process.execPath, ["--import", "tsx", "envoy/run.ts"], {
      cwd: PROJECT,
      env: { ...process.env, ...ports, CONFIG: this.edited, TMPDIR: this.temporary, ...env },
    });
    this.process.stdout?.on("data", (text) => (this.printed += text));
    this.process.stderr?.on("data", (text) => (this.printed += text));
    this.process.once("close", () => (this.closed = true));
    t.after(async () => {
      // Not SIGKILL, which would leave Envoy behind.
      await this.end("SIGTERM");
      rmSync(this.temporary, { recursive: true, force: true });
    });
  }

  /** Replaces the file, as editors do. */
  edit(text: string): void {
    writeFileSync(`${this.edited}.next`, text);
    renameSync(`${this.edited}.next`, this.edited);
  }

  /** Waits until it has printed that; gives all that it printed up to then, and forgets it. */
  async prints(text: string | RegExp): Promise<string> {
    await until(`"${text}" to be printed`, () => {
      if (typeof text === "string" ? this.printed.includes(text) : text.test(this.printed)) return true;
      if (this.closed) throw new Error("it ended");
      return false;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it had printed: ${this.printed}`);
    });
    const all = this.printed;
    this.printed = "";
    return all;
  }

  /** Ends it by a signal, or waits for its own end where none is given; gives the exit status. */
  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.process.kill(signal);
    await until("its end", () => this.closed);
    return this.process.exitCode;
  }

  async reviews(...headers: HeaderLine[]): Promise<string> {
    const { body } = await fetchOnce(this.port, { path: "/reviews", headers });
    return (JSON.parse(body) as { reviews: string }).reviews;
  }
}

test(
  "make run: decides, shows by what, takes edits, tells what is wrong with them, and leaves nothing",
  { skip },
  async (t) => {
    const run = new Run(t, await freePort(), await freePort(), { ...sending("jason", "v2"), expose: true });
    assert.match(
      await run.prints("Ctrl-C ends everything"),
      new RegExp(`curl -H 'end-user: jason' http://127.0.0.1:${run.port}/reviews`),
    );

    assert.equal(await run.reviews(["end-user", "jason"]), "v2");
    await run.prints("GET /reviews → 200 from reviews-v2, by route jason");
    assert.equal(await run.reviews(), "v1");
    await run.prints("GET /reviews → 200 from reviews-v1, by route everyone-else");

    run.edit(JSON.stringify(sending("jason", "v1")));
    await run.prints("is loaded");
    assert.equal(await run.reviews(["end-user", "jason"]), "v1");

    run.edit(JSON.stringify(sending("jason", "v2")).replace('"match"', '"mach"'));
    assert.match(await run.prints(/mach.*match/), /is refused; the earlier configuration stays in force/);
    // Envoy acknowledges the same text the second time, without asking the filter.
    run.edit(`# a comment\n${JSON.stringify(sending("jason", "v2")).replace('"match"', '"mach"')}`);
    assert.match(await run.prints(/edited\.yaml:2:\d+: .*mach.*match/), /is still refused/);
    run.edit("steering: [");
    await run.prints(/was not loaded:\n {2}\S+edited\.yaml:1:\d+: /);
    run.edit("apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\n");
    await run.prints("paste only what is in its spec.pluginConfig");
    assert.equal(await run.reviews(["end-user", "jason"]), "v1");

    assert.equal(await run.end("SIGINT"), 0);
    assert.deepEqual(
      readdirSync(run.temporary).filter((name) => name.startsWith("signalbox")),
      [],
    );
    await assert.rejects(fetchOnce(run.port), /ECONNREFUSED/);
  },
);

test(
  "make run: Jason goes to v2, sleep may GET, a tenth is slow, one trace id, and edits are taken",
  { skip },
  async (t) => {
    const all = parse(readFileSync(join(PROJECT, "envoy/signalbox.yaml"), "utf8")) as JsonObject;
    const certain = JSON.stringify(all).replace('"value":10', '"value":100').replace('"1s"', '"20ms"');
    const never = certain.replace('"value":100', '"value":0');
    const run = new Run(t, await freePort(), await freePort(), JSON.parse(never), { FILTER: "" });
    const sleep: HeaderLine = ["x-caller", "sleep"];
    const b3: HeaderLine = ["b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1"];
    await run.prints("Ctrl-C ends everything");

    assert.equal(await run.reviews(sleep, ["end-user", "jason"], b3), "v2");
    const traced = "traceparent: 00-80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-01";
    await run.prints(`x-subset: v2, x-fault-injected: -, ${traced})\n`);
    assert.equal(await run.reviews(sleep), "v1");
    await run.prints(/x-subset: v1, x-fault-injected: -, traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-\d\d\)\n/);
    for (const [method, headers] of [
      ["POST", [sleep]],
      ["GET", []],
    ] as const) {
      assert.equal((await fetchOnce(run.port, { method, path: "/reviews", headers: [...headers] })).status, 403);
      await run.prints(`${method} /reviews → 403 (rbac_access_denied_matched_policy[none]) in `);
    }

    run.edit(certain);
    await run.prints("is loaded");
    assert.equal(await run.reviews(sleep), "v1");
    await run.prints("x-subset: v1, x-fault-injected: slow, ");
    run.edit(certain.replace('"match"', '"mach"'));
    assert.match(
      await run.prints(/mach.*match/),
      /edited\.yaml:1:\d+: headerRouting\.virtualServices\[0\]\.http\[0\]: unknown field "mach"/,
    );
    assert.equal(await run.end("SIGINT"), 0);
  },
);

test("make run FILTER=authz: decides as its own file says, shows by what, and takes edits", { skip }, async (t) => {
  const policies = parse(readFileSync(join(PROJECT, "envoy/authz.yaml"), "utf8")) as JsonObject;
  const run = new Run(t, await freePort(), await freePort(), policies, { FILTER: "authz" });
  const decided = async (method: string, path: string, ...headers: HeaderLine[]): Promise<number> =>
    (await fetchOnce(run.port, { method, path, headers })).status;
  assert.match(
    await run.prints("Ctrl-C ends everything"),
    new RegExp(`curl -X POST -H 'end-user: jason' http://127.0.0.1:${run.port}/reviews`),
  );

  assert.equal(await decided("GET", "/reviews"), 200);
  await run.prints("GET /reviews → allowed by ns[default]-policy[reviews]-rule[0]\n");
  assert.equal(await decided("POST", "/reviews"), 403);
  await run.prints("POST /reviews → denied, no ALLOW rule matches\n");
  assert.equal(await decided("POST", "/reviews", ["end-user", "jason"]), 200);
  await run.prints("POST /reviews → allowed by ns[default]-policy[reviews]-rule[1]\n");
  assert.equal(await decided("GET", "/admin/users?all"), 403);
  await run.prints("GET /admin/users → denied by ns[default]-policy[admin]-rule[0]\n");

  const rehearsed = JSON.stringify(policies).replace('"action":"DENY"', '"action":"DENY","dryRun":true');
  run.edit(rehearsed);
  await run.prints("is loaded");
  assert.equal(await decided("GET", "/admin"), 200);
  await run.prints(
    "GET /admin → allowed by ns[default]-policy[reviews]-rule[0]; dry run denied by ns[default]-policy[admin]-rule[0]\n",
  );

  run.edit(rehearsed.replace('"paths"', '"path"'));
  assert.match(await run.prints(/"path".*paths/), /is refused; the earlier configuration stays in force/);
  assert.equal(await decided("GET", "/admin"), 200);
  assert.equal(await run.end("SIGINT"), 0);
});

test(
  "make run FILTER=fault-injection: delays and aborts as its own file says, and takes edits",
  { skip },
  async (t) => {
    const faults = parse(readFileSync(join(PROJECT, "envoy/fault-injection.yaml"), "utf8")) as JsonObject;
    const certain = JSON.stringify(faults).replace('"value":50', '"value":100').replace('"2s"', '"20ms"');
    const run = new Run(t, await freePort(), await freePort(), JSON.parse(certain), { FILTER: "fault-injection" });
    const answered = async (path: string, ...headers: HeaderLine[]): Promise<number> =>
      (await fetchOnce(run.port, { path, headers })).status;
    await run.prints("Ctrl-C ends everything");

    assert.equal(await answered("/ratings"), 200);
    assert.match(await run.prints("GET /ratings"), /GET \/ratings → 200 in \d+ ms \(x-fault-injected: -\)\n/);
    assert.equal(await answered("/ratings", ["end-user", "jason"]), 200);
    assert.match(
      await run.prints("slow-for-jason"),
      /GET \/ratings → 200 in \d+ ms \(x-fault-injected: slow-for-jason\)\n/,
    );
    assert.equal(await answered("/reviews"), 503);
    assert.match(
      await run.prints("reviews-fail"),
      /GET \/reviews → 503 in \d+ ms \(x-fault-injected: reviews-fail\)\n/,
    );

    run.edit(certain.replace('"httpStatus":503', '"httpStatus":418'));
    await run.prints("is loaded");
    assert.equal(await answered("/reviews"), 418);
    assert.equal(await run.end("SIGTERM"), 0);
  },
);

test(
  "make run FILTER=trace-propagation: shows what each request goes on with, and takes edits",
  { skip },
  async (t) => {
    const traces = parse(readFileSync(join(PROJECT, "envoy/trace-propagation.yaml"), "utf8")) as JsonObject;
    const run = new Run(t, await freePort(), await freePort(), traces, { FILTER: "trace-propagation" });
    const b3: HeaderLine = ["b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1"];
    const ask = (...headers: HeaderLine[]): Promise<unknown> => fetchOnce(run.port, { path: "/reviews", headers });
    await run.prints("Ctrl-C ends everything");

    await ask();
    await run.prints(/GET \/reviews → 200 \(traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-03\)\n/);
    await ask(b3);
    await run.prints("(traceparent: 00-80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-01)\n");
    await ask(["traceparent", "00-broken"]);
    await run.prints(/\(traceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-03\)\n/);

    run.edit(JSON.stringify({ ...traces, inject: ["b3-single"] }));
    await run.prints("is loaded");
    await ask(b3);
    await run.prints("(traceparent: -)\n");
    assert.equal(await run.end("SIGTERM"), 0);
  },
);

test(
  "make run FILTER=circuit-breaking: told to fail, it shows the circuit open, what is refused, the probe and the closing",
  { skip },
  async (t) => {
    const circuits = parse(readFileSync(join(PROJECT, "envoy/circuit-breaking.yaml"), "utf8")) as JsonObject;
    const short = JSON.stringify(circuits).replace('"10s"', '"3s"');
    const run = new Run(t, await freePort(), await freePort(), JSON.parse(short), { FILTER: "circuit-breaking" });
    const ask = (path: string): ReturnType<typeof fetchOnce> => fetchOnce(run.port, { path, headers: [] });
    assert.match(
      await run.prints("Ctrl-C ends everything"),
      new RegExp(`curl http://127.0.0.1:${run.port}/answer-with/503 `),
    );

    assert.equal((await ask("/reviews")).status, 200);
    await run.prints(/GET \/reviews → 200 \(via_upstream\) in \d+ ms \(retry-after: -\)\n/);
    assert.equal((await ask("/answer-with/503")).status, 200);
    for (let error = 1; error <= 3; error++) assert.equal((await ask("/reviews")).status, 503);
    await run.prints(/"reviews" closed -> open: consecutive_5xx 3, for 3000ms, opening 1 in a row, last upstream /);
    const refused = await ask("/reviews");
    assert.equal(refused.status, 503);
    assert.match(new Map(refused.headers).get("retry-after") ?? "", /^[123]$/);
    await run.prints(/GET \/reviews → 503 \(circuit_open\{reviews\}\) in \d+ ms \(retry-after: [123]\)\n/);

    assert.equal((await ask("/answer-with/200")).status, 200, "what tells reviews to be well passes an open circuit");
    await until("the circuit to close", async () => (await ask("/reviews")).status === 200);
    const printed = await run.prints(/half-open -> closed: probes succeeded\n/);
    assert.match(printed, /"reviews" open -> half-open: its time is over\n/);

    run.edit(short.replace('"consecutive5xxErrors":3', '"consecutive5xxErrors":1'));
    await run.prints("is loaded");
    assert.equal((await ask("/answer-with/500")).status, 200);
    assert.equal((await ask("/reviews")).status, 500);
    await run.prints("closed -> open: consecutive_5xx 1, ");
    assert.equal(await run.end("SIGTERM"), 0);
  },
);

test("make run: a filter that there is not is one clear line", { skip }, async (t) => {
  const run = new Run(t, await freePort(), await freePort(), {}, { FILTER: "auth" });
  assert.equal(await run.end(), 1);
  assert.equal(
    (await run.prints("FILTER")).trim(),
    "FILTER is auth, which is none of signalbox, header-routing, authz, fault-injection, trace-propagation, circuit-breaking.",
  );
});

test("make run: a port that is taken is one clear line", { skip }, async (t) => {
  const first = new Run(t, await freePort(), await freePort(), sending("jason", "v2"));
  await first.prints("Ctrl-C ends everything");

  const second = new Run(t, first.port, await freePort(), sending("jason", "v2"));

  assert.equal(await second.end(), 1);
  const printed = await second.prints("taken");
  assert.equal(printed.trim().split("\n").length, 1, printed);
  assert.match(
    printed,
    new RegExp(`^Port ${first.port} of 127.0.0.1 is taken\\. Try: make run PORT=\\d+ ADMIN_PORT=\\d+\n$`),
  );
  assert.equal(await first.end("SIGTERM"), 0);
});

test("make run: until a configuration is in force, no service is blamed for the answer", { skip }, async (t) => {
  const run = new Run(t, await freePort(), await freePort(), { steering: 1 });
  assert.match(await run.prints("Ctrl-C ends everything"), /is refused; no configuration is in force yet/);
  assert.equal((await fetchOnce(run.port, { path: "/reviews" })).status, 500);
  await run.prints("GET /reviews → 500 from Envoy: the filter has no configuration\n");
});

const PORTS: readonly (readonly [env: NodeJS.ProcessEnv, says: RegExp])[] = [
  [{ PORT: "abc" }, /^PORT is abc, which is no port: /],
  [{ ADMIN_PORT: "80000" }, /^ADMIN_PORT is 80000, which is no port: /],
  [{ PORT: "20001", ADMIN_PORT: "20001" }, /^PORT and ADMIN_PORT are both 20001: /],
  [{ ENVOY: "/bin/true" }, /^\/bin\/true does not answer --version as Envoy does\.$/],
];

for (const [env, says] of PORTS) {
  test(`make run with ${JSON.stringify(env)} is one clear line`, { skip }, async (t) => {
    const run = new Run(t, await freePort(), await freePort(), sending("jason", "v2"), env);
    assert.equal(await run.end(), 1);
    const printed = (await run.prints(/\n/)).trim();
    assert.equal(printed.split("\n").length, 1, printed);
    assert.match(printed, says);
  });
}

test("make run: usual ports that are taken are passed over, and it says so", { skip }, async (t) => {
  const usual = { PORT: "", ADMIN_PORT: "" };
  const first = new Run(t, 0, 0, sending("jason", "v2"), usual);
  const [, port] = /answers on +http:\/\/127\.0\.0\.1:(\d+)/.exec(await first.prints("Ctrl-C ends everything")) ?? [];
  const second = new Run(t, 0, 0, sending("jason", "v2"), usual);
  const said = await second.prints("Ctrl-C ends everything");
  assert.match(said, /^Port 10000 of 127\.0\.0\.1 is taken: this run uses \d+\.$/m);
  assert.doesNotMatch(said, new RegExp(`answers on +http://127\\.0\\.0\\.1:${port}$`, "m"));
});

test("make run: no Envoy, and no Python to install it with, are one clear line", { skip }, async (t) => {
  const none = { ENVOY: "/nowhere/envoy" };
  const named = new Run(t, await freePort(), await freePort(), sending("jason", "v2"), none);
  assert.equal(await named.end(), 1);
  assert.equal((await named.prints("ENVOY")).trim(), "ENVOY is /nowhere/envoy, which is no executable file.");

  const noPython = { ENVOY: "", ENVOY_VERSION: "0.0.0", PATH: "/nowhere" };
  const bare = new Run(t, await freePort(), await freePort(), sending("jason", "v2"), noPython);
  assert.equal(await bare.end(), 1);
  assert.match((await bare.prints("python3")).trim(), /^Envoy comes from PyPI, and there is no python3: .*$/);
});
