import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import type { Answer } from "../harness/client.ts";
import { countersOf, risen } from "../harness/counters.ts";
import { httpRoute } from "../harness/gateway.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting } from "../harness/plugins.ts";
import type { Identity, Workload } from "../harness/workload.ts";
import { AT_A_GATEWAY, AT_A_SIDECAR, SHOP, allSections, type Case } from "./compared.ts";
import { answered, outcomeOf, sent, type Outcome } from "./outcome.ts";
import { signalboxPlugin, singlePlugins, type Sections, type Whom } from "./sections.ts";
import { TRACE_ID } from "./through-reviews.ts";

/** Two proxies of a kind, alike but for their names, and what is asked of both. */
interface Place {
  where: string;
  chained: Identity;
  composed: Identity;
  sections: Sections;
  cases: readonly Case[];
  whom: (identity: Identity) => Whom;
  /** What the header that steers means there. */
  routes: (mesh: Mesh) => Promise<readonly Resource[]>;
  send: (mesh: Mesh, one: Case, proxy: Workload, number: number) => Promise<Answer>;
}

/** What becomes of a case at a proxy; all requests of one `number` have one x-request-id. */
export async function decided(
  mesh: Mesh,
  { send }: Place,
  one: Case,
  proxy: Workload,
  number: number,
): Promise<Outcome> {
  return outcomeOf(await send(mesh, one, proxy, number), proxy.identity.name);
}

export const CHAINED: Identity = { name: "chained", app: "chained", version: "v1", serviceAccount: "compared" };
export const COMPOSED: Identity = { ...CHAINED, name: "composed", app: "composed" };
const gateway = (app: string): Identity => ({ ...CHAINED, name: app, app, gateway: app });

export const SIDECARS: Place = {
  where: "a sidecar, in both directions,",
  chained: CHAINED,
  composed: COMPOSED,
  sections: allSections("reviews", [{ source: { principals: ["cluster.local/ns/default/sa/sleep"] } }]),
  cases: AT_A_SIDECAR,
  whom: ({ app }) => ({ selector: selecting(app) }),
  routes: async (mesh) => (await mesh.manifests("base/signalbox")).filter(({ kind }) => kind !== "WasmPlugin"),
  async send(mesh, { by, call }, proxy, number) {
    const what = { ...call, headers: { ...call.headers, "x-request-id": `compared-${number}` } };
    if (by === "plaintext") return await proxy.receive(what);
    if (by === "itself") return await proxy.send({ ...what, host: "reviews" });
    return await mesh[by].send({ ...what, host: proxy.identity.app });
  },
};

const GATEWAYS: Place = {
  where: "a gateway",
  chained: gateway("chained-gateway"),
  composed: gateway("composed-gateway"),
  sections: allSections(SHOP, []),
  cases: AT_A_GATEWAY,
  whom: ({ gateway: name }) => ({
    targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: name! }],
  }),
  async routes({ servicePort: port }) {
    const gateways = ["chained-gateway", "composed-gateway"];
    const headers = [{ name: "x-subset", value: "v2" }];
    const filters = [{ type: "RequestHeaderModifier", requestHeaderModifier: { remove: ["x-subset"] } }];
    return [
      httpRoute("shop", gateways, SHOP, [
        { matches: [{ headers }], filters, backendRefs: [{ name: "sleep", port }] },
        { filters, backendRefs: [{ name: "httpbin", port }] },
      ]),
    ];
  },
  send: async (_, { call }, proxy) => await proxy.receive(call, SHOP),
};

/** One plugin in the place of four, each with the phase, priority and fail strategy of its manifest. */
export function signalbox(mesh: () => Mesh): void {
  for (const place of [SIDECARS, GATEWAYS]) {
    test(`one signalbox at ${place.where} does what the four filters do at another`, async (t) => {
      const { sections, cases, whom } = place;
      const chained = await mesh().startWorkload(place.chained);
      const composed = await mesh().startWorkload(place.composed);
      const ask = async (number: number, proxy: Workload): Promise<Outcome> =>
        await decided(mesh(), place, cases[number]!, proxy, number);
      await mesh().apply(t, ...(await place.routes(mesh())));
      await mesh().apply(t, ...singlePlugins(mesh(), "four", whom(place.chained), sections));
      await mesh().apply(t, signalboxPlugin(mesh(), "one", whom(place.composed), sections));
      for (const proxy of [chained, composed])
        for (const [number, one] of cases.entries()) await eventually(one, async () => await ask(number, proxy));

      const before = [await countersOf(chained.admin), await countersOf(composed.admin)] as const;
      for (const [number, one] of cases.entries()) {
        const [four, all] = [await ask(number, chained), await ask(number, composed)];
        assert.deepEqual(all, four, one.what);
        assertAsConfigured(one, all);
      }
      const four = risen(before[0], await countersOf(chained.admin));
      const all = risen(before[1], await countersOf(composed.admin));
      assert.deepEqual(all, { ...four, ...added(four, refusedTraces(cases)) });
      for (const [name, count] of Object.entries(expectedCounts(cases))) assert.equal(all[name], count, name);
    });
  }
}

/** Holds what became of a request to what the configuration says. Throws where it is something else. */
export function assertAsConfigured({ what, call, ...expected }: Case, outcome: Outcome): void {
  const { status, body } = outcome;
  const reached = typeof body === "string" ? undefined : body.workload;
  const found = {
    status,
    reached,
    routed: answered(outcome, "x-routed"),
    fault: answered(outcome, "x-fault-injected"),
  };
  const { status: code = 200, reaches, routed, fault } = expected;
  assert.deepEqual(found, { status: code, reached: reaches, routed, fault }, what);
  if (reaches === undefined) return;
  const [, trace, span] = /^00-([^-]+)-([^-]+)-0[0-3]$/.exec(sent(outcome, "traceparent") ?? "") ?? [];
  assert.ok(span?.startsWith("#"), `${what}: a span of its own`);
  assert.equal(trace === TRACE_ID, call.headers?.["traceparent"] !== undefined, `${what}: one trace`);
  assert.equal(sent(outcome, "x-subset"), undefined, `${what}: the header that steers is removed on the way`);
}

/** Waits until a request comes to what it should; throws with what it came to last if it never does. */
export async function eventually(one: Case, ask: () => Promise<Outcome>): Promise<void> {
  let last: unknown;
  const holds = async (): Promise<boolean> => {
    try {
      assertAsConfigured(one, await ask());
      return true;
    } catch (error) {
      last = error;
      return false;
    }
  };
  await until(one.what, holds).catch(() => {
    throw last;
  });
}

/**
 * What trace-propagation counts of requests that authz refuses. Of the single plugins, authz is in the phase AUTHZ and so before
 * trace-propagation, which never sees them; in `signalbox` their headers are read before authz is asked (modules/signalbox/README.md).
 */
function refusedTraces(cases: readonly Case[]): Record<string, number> {
  const refused = cases.filter(({ status }) => status === 403);
  const traced = refused.filter(({ call }) => call.headers?.["traceparent"] !== undefined);
  return {
    trace_propagation_extracted: traced.length,
    trace_propagation_injected: refused.length,
    trace_propagation_restarted_absent: refused.length - traced.length,
  };
}

/** What is counted of the cases by either. */
function expectedCounts(cases: readonly Case[]): Record<string, number> {
  const count = (holds: (one: Case) => boolean): number => cases.filter(holds).length;
  return {
    authz_denied: count(({ status }) => status === 403),
    header_routing_route_jason_matched: count(({ routed }) => routed === "v2"),
    fault_injection_delays_injected: count(({ fault }) => fault === "slow"),
    fault_injection_aborts_injected: count(({ fault }) => fault === "fails" || fault === "v2-fails"),
  };
}

function added(counts: Record<string, number>, more: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(more).map(([name, count]) => [name, (counts[name] ?? 0) + count]));
}
