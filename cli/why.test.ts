/** What `signalbox explain` says of what did not decide: what was not asked, which rules come near, what was taken for granted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { placed } from "./decision/placement.ts";
import { signalbox } from "./test/run.ts";

/** The lines for a pluginConfig, by their titles. */
async function lines(filter: string, config: object, ...args: string[]): Promise<Record<string, string[]>> {
  return linesOf(["explain", "-", "--filter", filter, ...args], JSON.stringify(config));
}

async function linesOf(args: string[], input: string): Promise<Record<string, string[]>> {
  const { status, out, err } = await signalbox(args, input);
  assert.equal(err, "");
  assert.equal(status, 0);
  const [first = "", ...others] = out.trimEnd().split("\n");
  const titled: Record<string, string[]> = { outcome: [first.replace(/^[\w-]+: /, "")] };
  let title = "";
  for (const line of others) {
    title = line.slice(0, 10).trim() || title;
    (titled[title] ??= []).push(line.slice(10));
  }
  return titled;
}

/** A plugin as a resource. */
function plugin(filter: string, metadata: object, spec: object): string {
  const url = `oci://r.example.com/${filter}:1`;
  return JSON.stringify({
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata,
    spec: { url, ...spec },
  });
}

const allow = (name: string, rules: object[], others: object = {}) => ({ name, action: "ALLOW", rules, ...others });
const operation = (fields: object) => ({ to: [{ operation: fields }] });
const source = (fields: object) => ({ from: [{ source: fields }] });

test("policies that are for others: by selector, by namespace", async () => {
  const policies = [
    allow("big", [{}], { selector: { matchLabels: { app: "big" } } }),
    allow("far", [{}], { namespace: "far" }),
    allow("mesh", [operation({ paths: ["/a"] })], { namespace: "istio-system" }),
  ];
  const { outcome, "not asked": notAsked } = await lines("authz", { policies: policies.slice(0, 2) });
  assert.deepEqual(outcome, ["forwarded: no ALLOW policy applies to this workload"]);
  assert.deepEqual(notAsked, [
    "policy big (for app=big; the workload has no labels: --labels)",
    "policy far (of namespace far; the workload is in default: --namespace)",
  ]);
  const denied = await lines("authz", { policies }, "--labels", "app=small");
  assert.match(denied["outcome"]?.[0] ?? "", /^answered 403 .*: no ALLOW rule matches$/);
  assert.equal(denied["not asked"]?.[0], "policy big (for app=big; the workload has app=small: --labels)");
  assert.deepEqual(denied["nearest"], ["ns[istio-system]-policy[mesh]-rule[0]: paths: / is not /a"]);
  const asked = await lines("authz", { policies }, "--labels", "app=big", "--namespace", "far");
  assert.equal(asked["not asked"], undefined);
});

test("more than five that were not asked are shown with --verbose", async () => {
  const policies = Array.from({ length: 8 }, (_, at) => allow(`p${at}`, [{}], { namespace: "far" }));
  assert.deepEqual((await lines("authz", { policies }))["not asked"]?.slice(5), ["and 3 more (--verbose)"]);
  assert.equal((await lines("authz", { policies }, "--verbose"))["not asked"]?.length, 8);
});

test("each kind of condition that fails, with what the request has", async () => {
  const near = async (rule: object, ...args: string[]) =>
    (await lines("authz", { policies: [allow("a", [rule])] }, ...args))["nearest"]?.map((line) =>
      line.replace(/^.*?: /, ""),
    );
  const cases: [object, string[], string][] = [
    [operation({ paths: ["/admin*", "/b"] }), ["--path", "/ip?x"], "paths: /ip is none of /admin*, /b"],
    [operation({ notPaths: ["/ip", "/b"] }), ["--path", "/ip"], "notPaths: /ip is one of /ip, /b"],
    [operation({ notMethods: ["GET"] }), [], "notMethods: GET is GET"],
    [operation({ hosts: ["a"], ports: ["80"] }), ["--host", "b:81"], "hosts: b:81 is not a; ports: 81 is not 80"],
    [source({ principals: ["*"] }), [], "principals: no certificate is not *"],
    [source({ namespaces: ["a"] }), ["--principal", "cluster.local/ns/b/sa/c"], "namespaces: b is not a"],
    [source({ requestPrincipals: ["a/*"] }), ["--claims", "{iss: b, sub: c}"], "requestPrincipals: b/c is not a/*"],
    [
      source({ remoteIpBlocks: ["10.0.0.0/8"] }),
      ["-r", "{remoteIp: 192.0.2.1}"],
      "remoteIpBlocks: 192.0.2.1 is not 10.0.0.0/8",
    ],
    [{ when: [{ key: "request.headers[x]", values: ["1"] }] }, [], "request.headers[x]: nothing is not {values: [1]}"],
    [{ when: [{ expression: "request.method == 'PUT'" }] }, [], "expression: not true: request.method == 'PUT'"],
  ];
  for (const [rule, args, expected] of cases) assert.deepEqual(await near(rule, ...args), [expected]);
  // Of alternatives, the one that fails fewer conditions.
  const either = {
    from: [
      { source: { principals: ["x"], namespaces: ["y"] } },
      { source: { notPrincipals: ["z"], namespaces: ["y"] } },
    ],
  };
  assert.deepEqual(await near(either), ["namespaces: no certificate is not y"]);
});

test("the nearest rules come first, three of them", async () => {
  const rules = [
    operation({ methods: ["PUT"], paths: ["/a"], hosts: ["h"] }),
    operation({ methods: ["PUT"], paths: ["/a"] }),
    operation({ methods: ["PUT"], paths: ["/b"] }),
    operation({ methods: ["GET"], paths: ["/a"] }),
  ];
  const { nearest = [] } = await lines("authz", { policies: [allow("a", rules)] }, "--path", "/x");
  assert.deepEqual(
    nearest.map((line) => /rule\[(\d)\]/.exec(line)?.[1]),
    ["3", "1", "2"],
  );
  assert.deepEqual(nearest[0], "ns[default]-policy[a]-rule[3]: paths: /x is not /a");
});

test("where too many conditions would have to be asked about, it says how many rules were not compared", async () => {
  const rules = Array.from({ length: 4000 }, (_, at) => operation({ notPaths: [`/p${at}`], methods: ["PUT"] }));
  const { nearest = [] } = await lines("authz", { policies: [allow("a", rules)] });
  assert.match(nearest.at(-1) ?? "", /^\d+ more rules were not compared$/);
  for (const line of nearest.slice(0, -1)) assert.match(line, /: methods: GET is not PUT$/);
});

test("DENY rules are near where nothing was denied", async () => {
  const deny = { name: "d", action: "DENY", rules: [operation({ paths: ["/admin"] })] };
  const { outcome, nearest } = await lines("authz", { policies: [deny] });
  assert.deepEqual(outcome, ["forwarded: no DENY rule matches, and no ALLOW policy applies to this workload"]);
  assert.deepEqual(nearest, ["ns[default]-policy[d]-rule[0]: paths: / is not /admin"]);
});

test("a rule beyond the thousandth is named too", async () => {
  const rules = Array.from({ length: 1500 }, (_, at) => operation({ paths: [`/p${at}`] }));
  const { rule } = await lines("authz", { policies: [allow("a", rules)] }, "--path", "/p1400");
  assert.deepEqual(rule, ["ns[default]-policy[a]-rule[1400]"]);
});

test("an expression that cannot be evaluated is named with its rule", async () => {
  const expression = "request.headers['x'] == 'a'";
  const deny = { name: "d", action: "DENY", rules: [{}, { when: [{ expression }] }].slice(1) };
  const { unsure } = await lines("authz", { policies: [deny] });
  assert.deepEqual(unsure, [
    `ns[default]-policy[d]-rule[0]: its expression could not be evaluated: ${expression} (field not found: x)`,
  ]);
  assert.equal((await lines("authz", { policies: [deny] }, "-H", "x: b"))["unsure"], undefined);
});

const service = (name: string, hosts: string[], http: object[], others: object = {}) => ({
  name,
  hosts,
  http,
  ...others,
});
const to = { route: [{ destination: { host: "a", subset: "b" } }] };

test("VirtualServices of other hosts, and the nearest routes of the one that has the host", async () => {
  const virtualServices = [
    service(
      "reviews",
      ["reviews"],
      [
        { name: "jason", match: [{ headers: { "end-user": { exact: "jason" } }, uri: { prefix: "/a" } }], ...to },
        {
          match: [
            { uri: { prefix: "/B" }, ignoreUriCase: true, withoutHeaders: { x: {} } },
            { method: { exact: "PUT" } },
          ],
          ...to,
        },
      ],
    ),
    service("any", ["*"], [to]),
    service("far", ["ratings"], [to], { namespace: "far" }),
  ];
  const config = { steering: {}, virtualServices };
  const none = await lines("header-routing", config, "--host", "reviews", "--path", "/b", "-H", "x: 1");
  assert.deepEqual(none["outcome"], ["forwarded: no entry of VirtualService reviews matches"]);
  assert.deepEqual(none["nearest"], [
    "reviews http[1]: withoutHeaders[x]: 1 is {}",
    "jason: headers[end-user]: nothing is not {exact: jason}; uri: /b is not {prefix: /a}",
  ]);
  assert.deepEqual(none["not asked"], [
    "VirtualService any (hosts *; VirtualService reviews names reviews more closely)",
    "VirtualService far (hosts ratings; the request is for reviews)",
  ]);
  const far = await lines(
    "header-routing",
    { ...config, virtualServices: virtualServices.slice(2) },
    "--host",
    "ratings",
  );
  assert.deepEqual(far["outcome"], ["forwarded: no VirtualService has the host ratings"]);
  assert.deepEqual(far["not asked"], [
    "VirtualService far (hosts ratings; the request is for ratings, from a workload in namespace default: --namespace)",
  ]);
});

test("why an entry that matches injects nothing", async () => {
  const why = async (fault: object, others: object = {}, ...args: string[]) => {
    const http = [{ name: "slow", match: [{ uri: { prefix: "/" } }], ...fault }];
    const { outcome } = await lines(
      "fault-injection",
      { virtualServices: [service("r", ["a"], http)], ...others },
      "--host",
      "a",
      ...args,
    );
    return outcome?.[0]?.replace("forwarded: entry slow matches and injects nothing: ", "");
  };
  const abort = (value: number) => ({ fault: { abort: { percentage: { value }, httpStatus: 503 } } });
  const window = { from: "2026-11-25T10:00:00Z", until: "2026-11-25T11:00:00Z" };
  const later = ["-r", "{at: 2026-11-25T12:00:00Z}"];
  assert.equal(await why(abort(0)), "its percentage spares this request");
  assert.equal(await why(abort(100), { window }, ...later), "window spares this request");
  assert.equal(await why(abort(100), { exempt: [{ uri: { prefix: "/" } }] }), "exempt spares this request");
  assert.equal(
    await why(abort(100), { window, exempt: [{ uri: { prefix: "/" } }] }, ...later),
    "more than one of percentage, window, exempt, maxActiveFaults and budget spares this request",
  );
});

test("a plugin that is not in the listener is not asked; where it is, the direction follows from its match", async () => {
  const text = (match: object[], policies: object[]) =>
    plugin("authz", { name: "a" }, { match, pluginConfig: { policies } });
  const everyone = [allow("a", [source({ principals: ["cluster.local/ns/default/sa/default"] })])];
  const ask = (match: object[], ...args: string[]) => linesOf(["explain", "-", ...args], text(match, everyone));
  const server = [{ mode: "SERVER", ports: [{ number: 8080 }] }];
  assert.deepEqual((await ask(server, "--direction", "OUTBOUND"))["outcome"], [
    "forwarded: plugin a is not asked: its match.mode is SERVER, and the request is OUTBOUND",
  ]);
  assert.deepEqual((await ask(server, "--host", "a:81"))["outcome"], [
    "forwarded: plugin a is not asked: its match has the ports 8080, and the request comes to 81: --request '{port: …}'",
  ]);
  assert.match((await ask(server))["outcome"]?.[0] ?? "", /^answered 403/);
  // On the caller's side the source is the workload itself.
  const client = await ask([{ mode: "CLIENT" }]);
  assert.deepEqual(client["outcome"], ["forwarded"]);
  assert.deepEqual(client["assumed"], ["the request is OUTBOUND, as the plugin's match.mode is CLIENT (--direction)"]);
  assert.match((await ask([{ mode: "CLIENT" }], "--direction", "INBOUND"))["outcome"]?.[0] ?? "", /is not asked/);
});

test("the direction and the port that a plugin's match suggests", () => {
  const server = { mode: "SERVER", ports: [8080] } as const;
  const client = { mode: "CLIENT", ports: [] } as const;
  assert.deepEqual(placed({}, [server], false), { direction: "INBOUND", port: 8080 });
  assert.deepEqual(placed({ host: "a:1", direction: "OUTBOUND" }, [server], false), {
    host: "a:1",
    direction: "OUTBOUND",
  });
  assert.deepEqual(placed({}, [client], false), { direction: "OUTBOUND" });
  assert.deepEqual(placed({}, [server, client], false), {});
  assert.deepEqual(placed({}, [], false), {});
  // A caller with a certificate is at a gateway, and on no other outbound side.
  assert.deepEqual(placed({ principal: "a" }, [client], false), { principal: "a" });
  assert.deepEqual(placed({ principal: "a" }, [client], true), { principal: "a", direction: "OUTBOUND" });
});

test("a plugin of the root namespace is asked about the namespace that its resources are of", async () => {
  const orders = service("orders", ["orders"], [{ name: "all", ...to }], { namespace: "orders" });
  const ask = (services: object[], ...args: string[]) =>
    linesOf(
      ["explain", "-", "--host", "orders", ...args],
      plugin(
        "header-routing",
        { name: "h", namespace: "istio-system" },
        { pluginConfig: { steering: {}, virtualServices: services } },
      ),
    );
  const one = await ask([orders]);
  assert.deepEqual(one["rule"], ["all"]);
  assert.deepEqual(one["assumed"], [
    "the workload is in namespace orders, as the plugin in istio-system is for all namespaces (--namespace)",
  ]);
  assert.deepEqual((await ask([orders], "--namespace", "other"))["rule"], ["none"]);
  assert.equal((await ask([orders], "--namespace", "orders"))["assumed"], undefined);
});

test("what a file has in a plugin's place", async () => {
  const refused = async (text: string, ...args: string[]) => {
    const { status, err } = await signalbox(["explain", "-", ...args], text);
    assert.equal(status, 2);
    return err.replace("signalbox: <stdin> has ", "").trimEnd();
  };
  const resource = (kind: string) =>
    `apiVersion: networking.istio.io/v1\nkind: ${kind}\nmetadata: { name: a }\nspec: {}`;
  assert.equal(await refused(resource("VirtualService")), "a VirtualService and no plugin: signalbox convert it first");
  assert.equal(
    await refused(resource("VirtualService"), "-f", "authz"),
    "a VirtualService and no plugin: signalbox convert it first",
  );
  assert.equal(await refused(resource("Gateway")), "no WasmPlugin; it has Gateway");
  assert.equal(
    await refused("policies: []"),
    "no resource: if it is a pluginConfig, say with --filter of which filter",
  );
  assert.equal(await refused(""), "nothing in it");
  const unknown = plugin("other", { name: "a" }, { pluginConfig: {} });
  assert.equal(await refused(unknown), "no plugin of a known filter: say with --filter which filter it is for");
});
