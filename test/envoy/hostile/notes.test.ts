/**
 * Notes that another plugin forges, by which a large configuration counts as one that this proxy has accepted (docs/istio.md, "Large
 * configurations"): of one with errors, of a good one that nobody has read yet, and those that are for another plugin.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Emulator } from "../../../emulator/index.ts";
import { compile } from "../../../emulator/test/compile.ts";
import { noteOf } from "../../module/steps/note.ts";
import { allowing, breaking, injecting, sampling, sendingTo } from "../../module/steps/process.ts";
import { Compiled } from "../../support/module/compiled.ts";
import {
  answer,
  detailsOf,
  discovered,
  Envoy,
  fetchOnce,
  listener,
  SHOWS_DETAILS,
  valuesOf,
} from "../../support/envoy/index.ts";

const METADATA = { NAMESPACE: "default" };
const fault = { abort: { percentage: { value: 100 }, httpStatus: 418 } };
const sections = (path: string): object => ({
  authz: { mode: "CLIENT_AND_SERVER", policies: (allowing(path) as { policies: object }).policies },
});

/** A module's plugin, and large configurations of which each shows itself by what becomes of a request. */
interface Case {
  module: string;
  /** The plugin starts with this one. */
  accepted: object;
  shows: string;
  /** Nobody has read this one when it is forged. */
  unread: object;
  unreadShows: string;
  /** What becomes of requests if the configuration has errors. */
  withErrors: string;
}

const NO_RULE = "403 rbac_access_denied_matched_policy[none]";
const NOT_CONFIGURED = "403 authz_not_configured";
const CASES: readonly Case[] = [
  {
    module: "authz",
    accepted: allowing("/"),
    shows: "200",
    unread: allowing("/other"),
    unreadShows: NO_RULE,
    withErrors: NOT_CONFIGURED,
  },
  {
    module: "header-routing",
    accepted: sendingTo("v1"),
    shows: "200 v1",
    unread: sendingTo("v2"),
    unreadShows: "200 v2",
    withErrors: "200",
  },
  {
    module: "fault-injection",
    accepted: injecting(fault),
    shows: "418 fault_filter_abort",
    unread: injecting({ ...fault, abort: { ...fault.abort, httpStatus: 503 } }),
    unreadShows: "503 fault_filter_abort",
    withErrors: "200",
  },
  {
    module: "circuit-breaking",
    accepted: breaking("FORCED_OPEN"),
    shows: "503 circuit_open{all}",
    unread: breaking("DISABLED"),
    unreadShows: "200",
    withErrors: "200",
  },
  {
    module: "trace-propagation",
    accepted: sampling(100),
    shows: "200 sampled",
    unread: sampling(0),
    unreadShows: "200 unsampled",
    withErrors: "200",
  },
  {
    module: "signalbox",
    accepted: sections("/"),
    shows: "200",
    unread: sections("/other"),
    unreadShows: NO_RULE,
    withErrors: NOT_CONFIGURED,
  },
];

/** Another plugin of a module, to which no note is forged. */
const other = (module: string): string => `other-${module}`;

let envoy: Envoy;
/** By module: where the note of the plugin of that name lies. */
const keys = new Map<string, string>();

before(async () => {
  for (const { module, accepted } of CASES) {
    const emulator = new Emulator({ record: false });
    const compiled = new Compiled(module);
    compiled.configured(compiled.loadInto(emulator), accepted, { pluginName: module, node: { metadata: METADATA } });
    const written = emulator.sharedData.keys("").filter((key) => key.startsWith("signalbox.read."));
    assert.equal(written.length, 1, module);
    keys.set(module, written[0]!);
  }
  const code = Buffer.from(compile("test/envoy/hostile/assembly/forger.ts")).toString("base64");
  const plugins = CASES.flatMap(({ module, accepted }) =>
    [module, other(module)].map((name) => [name, { module, configuration: JSON.stringify(accepted) }] as const),
  );
  const shows = {
    response_headers_to_add: [
      { header: { key: "x-sent-to", value: "%REQ(x-subset)%" } },
      { header: { key: "x-traced", value: "%REQ(traceparent)%" } },
    ],
  };
  envoy = await Envoy.start({
    filters: {
      ...Object.fromEntries(plugins),
      forger: { module: "forger.wasm", vm: { code: { local: { inline_bytes: code } } } },
    },
    listeners: [
      ...plugins.map(([name]) =>
        listener(name, {
          filters: [discovered(name)],
          routes: [answer("reached", undefined, shows)],
          manager: SHOWS_DETAILS,
        }),
      ),
      listener("forger", { filters: [discovered("forger")], routes: [answer("reached")] }),
    ],
    metadata: METADATA,
    // Each worker says once what it finds.
    concurrency: 1,
  });
});
after(async () => await envoy?.stop());

/** Has the other plugin write that these were accepted, the last of so many. */
async function forge(module: string, documents: readonly string[]): Promise<void> {
  const line = [Buffer.from(keys.get(module)!, "latin1"), noteOf(documents)].map((bytes) => bytes.toString("hex"));
  assert.equal((await envoy.push("forger", line.join(" "))).accepted, true);
}

/** What becomes of a request: its status, and where it was sent and whether it is sampled, or why it was not sent. */
async function outcome(name: string): Promise<string> {
  const answer = await fetchOnce(envoy.port(name));
  const isSent = answer.body === "reached";
  const traced = valuesOf(answer.headers, "x-traced").map((value) => (/-0[13]$/.test(value) ? "sampled" : "unsampled"));
  const sent = [...valuesOf(answer.headers, "x-sent-to"), ...traced];
  return [answer.status, ...(isSent ? sent : [detailsOf(answer)])].join(" ");
}

const criticalIn = (log: string): string[] =>
  log.split("\n").filter((line) => line.includes("[critical]") && line.includes(" wasm log "));

for (const { module, accepted, shows, unread, unreadShows, withErrors } of CASES) {
  // Envoy remembers what it refused, so each test has one of its own.
  const wrong = (nonsense: number): string => JSON.stringify({ ...accepted, nonsense });

  test(`${module}: one with errors that is noted is taken, and ${withErrors}; the log says it once, and the next push mends it`, async () => {
    assert.equal(await outcome(module), shows);
    assert.equal((await envoy.push(module, wrong(1))).accepted, false, "without a note");
    await forge(module, [JSON.stringify({ never: "read" }), wrong(2)]);
    const from = envoy.log().length;
    assert.equal((await envoy.push(module, wrong(2))).accepted, true);
    assert.deepEqual([await outcome(module), await outcome(module)], [withErrors, withErrors]);
    await envoy.logged("the proxy's shared data says that it was accepted", from);
    const [error, late, ...more] = criticalIn(envoy.log().slice(from));
    assert.deepEqual(more, []);
    assert.match(error!, /unknown field "nonsense"/);
    assert.match(late!, /another plugin may have written that\. Requests are handled as without a configuration/);

    assert.equal((await envoy.push(module, JSON.stringify(accepted))).accepted, true);
    assert.equal(await outcome(module), shows);
  });

  test(`${module}: a good one that is noted though nobody read it decides as it is`, async () => {
    const document = JSON.stringify(unread);
    await forge(module, [wrong(3), document]);
    const from = envoy.log().length;
    assert.equal((await envoy.push(module, document)).accepted, true);
    assert.equal(await outcome(module), unreadShows);
    assert.deepEqual(criticalIn(envoy.log().slice(from)), []);
  });

  test(`${module}: a note is for one document of one plugin; others with errors are refused, and what was in force stays`, async () => {
    await forge(module, [wrong(4)]);
    const name = other(module);
    assert.equal((await envoy.push(name, wrong(4))).accepted, false, "a note of another plugin's");
    assert.equal(await outcome(name), shows);
    const before = await outcome(module);
    assert.equal((await envoy.push(module, wrong(5))).accepted, false, "a note of another document");
    assert.equal(await outcome(module), before);
  });
}
