/** What the webhook answers to reviews, over TLS on loopback, as an API server asks for them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { PROJECT } from "../../tools/project.ts";
import { withCodes } from "../test/run.ts";
import { GOOD, UID, review, trafficExtension, wasmPlugin, type Object } from "./test/reviews.ts";
import { Webhook } from "./test/webhook.ts";

/** `AdmissionReview.response` (k8s.io/api/admission/v1). */
interface Response {
  uid: string;
  allowed: boolean;
  status?: {
    status: string;
    code: number;
    reason: string;
    message: string;
    details?: { causes: { reason: string; field: string; message: string }[] };
  };
  warnings?: string[];
}

const MISTAKEN = parse(readFileSync(join(PROJECT, "cli/examples/mistaken.yaml"), "utf8")) as Object & { spec: object };

const ends: (() => unknown)[] = [];
let webhook: Webhook;
before(async () => {
  webhook = await Webhook.start({ after: (end) => void ends.push(end as () => unknown) });
});
after(async () => {
  for (const end of ends) await end();
});

async function answerTo(request: object, object: Object | null, oldObject: Object | null = null): Promise<Response> {
  const { status, headers, text } = await webhook.review(review(request, object, oldObject));
  assert.equal(status, 200, text);
  assert.equal(headers["content-type"], "application/json");
  const { apiVersion, kind, response } = JSON.parse(text) as { apiVersion: string; kind: string; response: Response };
  assert.deepEqual([apiVersion, kind, response.uid], ["admission.k8s.io/v1", "AdmissionReview", UID]);
  return response;
}

const ALLOWED = { uid: UID, allowed: true };

test("a plugin without a mistake is allowed, and nothing is said", async () => {
  assert.deepEqual(await answerTo({}, wasmPlugin(GOOD)), ALLOWED);
  const { url, failStrategy, pluginConfig } = GOOD;
  assert.deepEqual(await answerTo({}, trafficExtension({ url, failStrategy, pluginConfig })), ALLOWED);
});

test("a mistake is refused with the lines of signalbox validate, each with its JSON pointer for a place", async () => {
  const { allowed, status, warnings } = await answerTo({}, wasmPlugin(MISTAKEN.spec));
  assert.equal(allowed, false);
  assert.equal(
    status?.message,
    `2 errors
/spec/phase: error: spec.phase: expected UNSPECIFIED_PHASE, AUTHN, AUTHZ or STATS (did you mean "AUTHZ"?), got "AUTZ" [SBX204]
/spec/pluginConfig/policies/0/rules/0/from/0/source/principal: error: policies[0].rules[0].from[0].source: unknown field "principal" (did you mean "principals"?) [authz] [SBX201]`,
  );
  assert.deepEqual([status.status, status.code, status.reason], ["Failure", 400, "BadRequest"]);
  assert.deepEqual(status.details?.causes[1], {
    reason: "FieldValueInvalid",
    field: "/spec/pluginConfig/policies/0/rules/0/from/0/source/principal",
    message: 'unknown field "principal" (did you mean "principals"?)',
  });
  assert.equal(warnings, undefined);

  const { out } = await withCodes(["validate", "cli/examples/mistaken.yaml"]);
  const withoutPlace = (line: string): string => line.replace(/^\S+: (?=error: )/, "");
  const said = out.split("\n").filter((line) => line.includes("error: "));
  assert.deepEqual(status.message.split("\n").slice(1).map(withoutPlace), said.map(withoutPlace));
});

test("one mistake is one line, in a TrafficExtension at its own place", async () => {
  const { status } = await answerTo(
    {},
    trafficExtension({ ...GOOD, phase: undefined, selector: undefined, pluginConfig: { policies: [], "a/b~": 1 } }),
  );
  assert.equal(
    status?.message,
    '/spec/wasm/pluginConfig/a~1b~0: error: pluginConfig: unknown field "a/b~" [authz] [SBX201]',
  );
});

test("warnings go along, as kubectl shows them after its own word, and refuse nothing", async () => {
  const { failStrategy: _, ...spec } = { ...GOOD, url: "oci://registry.local/signalbox/fault-injection:0.1.0" };
  const http = [{ fault: { abort: { httpStatus: 500, percentage: { value: 100 } } } }];
  const pluginConfig = { virtualServices: [{ name: "reviews", hosts: ["reviews"], http }] };
  assert.deepEqual(await answerTo({}, wasmPlugin({ ...spec, phase: undefined, pluginConfig })), {
    ...ALLOWED,
    warnings: [
      "spec.failStrategy: not set, so FAIL_CLOSE: if the module cannot be loaded, every request is refused; write FAIL_OPEN [SBX603]",
    ],
  });
});

test("what has no image of Signalbox is allowed untouched, whatever is in it", async () => {
  for (const object of [
    wasmPlugin({ url: "oci://registry.local/others/rate-limit:1", phase: "AUTZ", pluginConfig: { policies: 1 } }),
    // Of another image the name says nothing.
    wasmPlugin({ url: "oci://registry.local/others/rate-limit:1", pluginName: "authz", pluginConfig: { policies: 1 } }),
    wasmPlugin({}),
    trafficExtension({}),
    { ...wasmPlugin({}), spec: { lua: { inlineCode: "" } }, kind: "TrafficExtension" },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "authz" }, data: { a: "b" } },
  ]) {
    assert.deepEqual(await answerTo({}, object), ALLOWED, JSON.stringify(object));
  }
});

test("DELETE, CONNECT, a subresource and an object that is being deleted are allowed", async () => {
  const mistaken = wasmPlugin(MISTAKEN.spec);
  assert.deepEqual(await answerTo({ operation: "DELETE" }, null, mistaken), ALLOWED);
  assert.deepEqual(await answerTo({ operation: "CONNECT" }, null), ALLOWED);
  assert.deepEqual(await answerTo({ operation: "UPDATE", subResource: "status" }, mistaken, mistaken), ALLOWED);
  const deleted = wasmPlugin(MISTAKEN.spec, { deletionTimestamp: "2026-01-02T03:04:05Z", finalizers: [] });
  assert.deepEqual(await answerTo({ operation: "UPDATE" }, deleted, wasmPlugin(GOOD)), ALLOWED);
});

test("an UPDATE is refused if it changes the spec; labels of an object that is wrong already can be changed", async () => {
  const mistaken = wasmPlugin(MISTAKEN.spec);
  assert.equal((await answerTo({ operation: "UPDATE" }, mistaken, wasmPlugin(GOOD))).allowed, false);
  const labelled = wasmPlugin(MISTAKEN.spec, { labels: { team: "a" } });
  assert.deepEqual(await answerTo({ operation: "UPDATE" }, labelled, mistaken), {
    ...ALLOWED,
    warnings: [
      'already applied, with an error: spec.phase: expected UNSPECIFIED_PHASE, AUTHN, AUTHZ or STATS (did you mean "AUTHZ"?), got "AUTZ" [SBX204]',
      'already applied, with an error: policies[0].rules[0].from[0].source: unknown field "principal" (did you mean "principals"?) [authz] [SBX201]',
    ],
  });
});

test("what each filter's folder shows as refused is refused here", async () => {
  for (const filter of ["authz", "circuit-breaking", "fault-injection", "header-routing", "trace-propagation"]) {
    const spec = { ...GOOD, url: `oci://registry.local/signalbox/${filter}:0.1.0` };
    const file = join(PROJECT, `filters/${filter}/examples/refused.yaml`);
    const refused = parseAllDocuments(readFileSync(file, "utf8"))[0]?.toJS() as object;
    const { allowed, status } = await answerTo({}, wasmPlugin({ ...spec, pluginConfig: refused }));
    assert.equal(allowed, false, filter);
    assert.match(status?.message ?? "", new RegExp(`^/spec/pluginConfig/.*\\[${filter}\\] \\[SBX\\d{3}\\]$`, "m"));
  }
});

test("many mistakes are listed up to twenty, and counted", async () => {
  const rules = Array.from({ length: 30 }, () => ({ fron: [] }));
  const { status } = await answerTo({}, wasmPlugin({ ...GOOD, pluginConfig: { policies: [{ name: "a", rules }] } }));
  const lines = status?.message.split("\n") ?? [];
  assert.equal(lines.length, 22);
  assert.match(lines.at(-1) ?? "", /^and \d+ more errors: signalbox validate lists them all$/);
  assert.equal(status?.details?.causes.length, 20);
});

test("one review knows nothing of another: each has a fresh instance of the filter", async () => {
  const bad = wasmPlugin({ ...GOOD, pluginConfig: { polices: [] } });
  const first = await answerTo({}, bad);
  assert.deepEqual(await answerTo({}, wasmPlugin(GOOD)), ALLOWED);
  assert.deepEqual(await answerTo({}, bad), first);
});

test("10,000 rules are reviewed whole: the last one's mistake is found", async () => {
  const rules: object[] = Array.from({ length: 10_000 }, (_, number) => ({
    from: [{ source: { principals: [`cluster.local/ns/default/sa/app-${number}`] } }],
    to: [{ operation: { paths: [`/api/${number}`] } }],
  }));
  const of = (all: object[]): Object =>
    wasmPlugin({ ...GOOD, pluginConfig: { policies: [{ name: "many", rules: all }] } });
  const { allowed, warnings } = await answerTo({}, of(rules));
  assert.equal(allowed, true);
  assert.match(
    warnings?.join() ?? "",
    /^spec: \d+ bytes as JSON: too much for kubectl apply without --server-side \[SBX109\]$/,
  );
  const { status } = await answerTo({}, of([...rules.slice(1), { from: [{ source: { principal: ["a"] } }] }]));
  assert.match(
    status?.message ?? "",
    /^\/spec\/pluginConfig\/policies\/0\/rules\/9999\/from\/0\/source\/principal: error: /,
  );
});

test("what is huge or hostile is refused, in words", async () => {
  const refusal = async (pluginConfig: object): Promise<string> => {
    const { allowed, status } = await answerTo({}, wasmPlugin({ ...GOOD, pluginConfig }));
    assert.equal(allowed, false);
    return status?.message ?? "";
  };
  // More than a filter reads, and more than etcd takes.
  assert.match(
    await refusal({ policies: [{ name: "a".repeat(3e6) }] }),
    /3000\d+ bytes as JSON, of which etcd takes 1572864 \[SBX109\]$/m,
  );
  const deep = '{"policies":['.repeat(5000) + "]}".repeat(5000);
  const text = JSON.stringify(review({}, wasmPlugin({ ...GOOD, pluginConfig: "deep" }))).replace('"deep"', deep);
  const { response } = JSON.parse((await webhook.review(text)).text) as { response: Response };
  assert.deepEqual(
    [response.allowed, response.status?.message],
    [false, "the object has more than 500 levels [SBX109]"],
  );
  // A name as long as the body allows is not shown whole.
  const long = "a".repeat(1e6);
  for (const spec of [
    { ...GOOD, [long]: 1 },
    { ...GOOD, pluginConfig: { policies: [], [long]: 1 } },
  ]) {
    const { status } = await answerTo({}, wasmPlugin(spec));
    const { message = "", details } = status ?? {};
    assert.ok(message.length < 3000 && JSON.stringify(details).length < 6000, `${message.length}`);
  }
  assert.match(await refusal(JSON.parse('{"__proto__": {"policies": []}}') as object), /unknown field "__proto__"/);
});

test("only images of the places that are given are looked at", async (t) => {
  const other = await Webhook.start(t, { reviewers: { data: { images: ["registry.local/mesh/"] } } });
  const allows = async (url: string): Promise<boolean> => {
    const { text } = await other.review(review({}, wasmPlugin({ ...MISTAKEN.spec, url })));
    return (JSON.parse(text) as { response: Response }).response.allowed;
  };
  assert.equal(await allows("oci://registry.local/mesh/authz:1"), false);
  assert.equal(await allows("registry.local/mesh/authz@sha256:00"), false);
  assert.equal(await allows("oci://registry.local/mesh-of-others/authz:1"), true);
  assert.equal(await allows("oci://elsewhere.local/registry.local/mesh/authz:1"), true);
});
