/** What `signalbox convert` makes of hosts with capital letters, by which istiod says whose a Service is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { converted, documents, service, steered, to, JASON } from "./test/conversion.ts";

const ROUTES = [{ match: JASON, route: [to("v2")] }, { route: [to("v1")] }];
const FAULT = { abort: { percentage: { value: 100 }, httpStatus: 503 } };
const FAULTS = [{ fault: FAULT, route: [to("v1")] }];

/** What was not converted, without its place. */
function errors(lines: readonly string[]): string[] {
  return lines.filter((line) => line.includes(" error: ")).map((line) => line.replace(/^.* error: /, ""));
}

const ofName = (host: string, wildcard: string, name: string): string =>
  `not converted: because of the capital letters of ${host}, Istio can take ${wildcard} of VirtualService default/${name} ` +
  "to be as near: write it in lower case";
const ofWildcard = (host: string): string =>
  `not converted: Istio takes ${host} for no Service, because of its capital letters: write it in lower case`;

test("a name with capital letters, beside a wildcard for it, is left to the routes that were there", async () => {
  const wide = service("wide", ROUTES, { hosts: ["*.default.svc.cluster.local"] });
  for (const host of ["Reviews", "reviews.Default.svc.cluster.local"]) {
    const named = service("named", ROUTES, { hosts: [host, "ratings"] });
    const { config, lines, status } = await steered(documents(wide, named));
    assert.deepEqual(errors(lines), [`VirtualService named: ${ofName(host, "*.default.svc.cluster.local", "wide")}`]);
    assert.equal(status, 1);
    assert.deepEqual(
      config?.virtualServices.map(({ name, hosts, http }) => [name, hosts, http.length]),
      [
        ["wide", ["*.default.svc.cluster.local"], 2],
        ["named", ["ratings"], 2],
        // A destination without a subset is not steered to.
        ["named", [host], 1],
      ],
    );
    assert.deepEqual(config?.virtualServices[2]?.http, [{ match: [{}], route: [{ destination: { host } }] }]);
    assert.equal(config?.steering.value, "{subset}");
  }
});

test("all VirtualServices of such a name are, however they write it", async () => {
  const [first, second, third] = ["2026-01-01", "2026-01-02", "2026-01-03"].map((day) => ({
    creationTimestamp: `${day}T00:00:00Z`,
  }));
  const wide = service("wide", ROUTES, { hosts: ["*.default.svc.cluster.local"] }, first);
  const named = service("named", ROUTES, { hosts: ["Reviews"] }, second);
  const small = service("small", ROUTES, { hosts: ["reviews.default.svc.cluster.local"] }, third);
  const { config } = await steered(documents(wide, named, small));
  assert.deepEqual(
    config?.virtualServices.map(({ name, hosts }) => [name, hosts]),
    [
      ["wide", ["*.default.svc.cluster.local"]],
      ["named+small", ["reviews.default.svc.cluster.local"]],
    ],
  );
});

test("a wildcard with capital letters stays native: which of its hosts are Services is not known", async () => {
  const alone = await converted(service("wide", ROUTES, { hosts: ["*.Example.com"] }));
  assert.deepEqual(errors(alone.lines), [`VirtualService wide: ${ofWildcard("*.Example.com")}`]);
  assert.deepEqual([alone.resources.length, alone.status], [0, 1]);
  const wider = service("wider", ROUTES, { hosts: ["*.com"] });
  const { config, lines } = await steered(documents(service("wide", ROUTES, { hosts: ["*.Example.com"] }), wider));
  assert.deepEqual(errors(lines), [`VirtualService wide: ${ofWildcard("*.Example.com")}`]);
  assert.deepEqual(
    config?.virtualServices.map(({ name, hosts, http }) => [name, hosts, http.length]),
    [
      ["wider", ["*.com"], 2],
      ["wide", ["*.Example.com"], 1],
    ],
  );
});

test("a name with capital letters is converted where no wildcard of another VirtualService is for it", async () => {
  for (const others of [[], ["*.shop.svc.cluster.local"], ["reviews.default.svc.cluster.local"]]) {
    const named = service("named", ROUTES, { hosts: ["Reviews"] }, { creationTimestamp: "2026-01-01T00:00:00Z" });
    const other = service("other", ROUTES, { hosts: others }, { creationTimestamp: "2026-01-02T00:00:00Z" });
    const { lines, config } = await steered(others.length > 0 ? documents(named, other) : named);
    assert.deepEqual(errors(lines), []);
    assert.deepEqual(config?.virtualServices[0]?.hosts, ["Reviews"]);
  }
  const own = await steered(service("own", ROUTES, { hosts: ["*.default.svc.cluster.local", "Reviews"] }));
  assert.deepEqual(errors(own.lines), []);
  const elsewhere = service("wide", ROUTES, { hosts: ["*.default.svc.cluster.local"], gateways: ["front"] });
  const named = await steered(documents(service("named", ROUTES, { hosts: ["Reviews"] }), elsewhere));
  assert.deepEqual(
    named.config?.virtualServices.map(({ name }) => name),
    ["named"],
  );
});

test("faults stay native with such a host, and with a wildcard that is for one", async () => {
  const kept = async (text: string) => {
    const { lines, resources } = await converted(text, "--filter", "fault-injection");
    assert.deepEqual(resources, []);
    return errors(lines).filter((line) => !line.endsWith("it has no faults"));
  };
  const named = (http: object[]) => service("named", http, { hosts: ["Shop.example.com"] });
  const wide = (http: object[], host = "*.example.com") => service("wide", http, { hosts: [host] });
  const native = (why: string): string => why.replace("not converted: ", "not converted: its faults stay native: ");
  const why = native(ofName("Shop.example.com", "*.example.com", "wide"));
  assert.deepEqual(await kept(documents(named(FAULTS), wide(ROUTES))), [`VirtualService named: ${why}`]);
  assert.deepEqual(await kept(documents(named(ROUTES), wide(FAULTS))), [`VirtualService wide: ${why}`]);
  const wildcard = native(ofWildcard("*.Example.com"));
  assert.deepEqual(await kept(wide(FAULTS, "*.Example.com")), [`VirtualService wide: ${wildcard}`]);
  const wider = service("wider", FAULTS, { hosts: ["*.com"] });
  assert.deepEqual(await kept(documents(wide(ROUTES, "*.Example.com"), wider)), [`VirtualService wider: ${wildcard}`]);
  // What a wildcard with capital letters is not asked for: a name is nearer, whichever is older.
  const shop = service("shop", FAULTS, { hosts: ["shop.example.com"] });
  const { lines } = await converted(documents(shop, wide(ROUTES, "*.Example.com")), "--filter", "fault-injection");
  assert.deepEqual(errors(lines), ["VirtualService wide: not converted: it has no faults"]);
});

test("no destination is told by its host where the filter has hosts that it does not steer for", async () => {
  const http = [{ match: JASON, route: [{ destination: { host: "a" } }] }, { route: [{ destination: { host: "b" } }] }];
  const wide = service("wide", http, { hosts: ["*.example.com"] });
  const shop = service("shop", http, { hosts: ["shop.example.com"], exportTo: ["shop"] });
  const { config } = await steered(documents(wide, shop));
  assert.equal(config?.steering.value, "{subset}");
  assert.equal((await steered(wide)).config?.steering.value, "{host}");
});

test("at a gateway, names that differ in capital letters alone stay native", async () => {
  const at = { gateways: ["front"] };
  const [old, young] = ["2026-01-01", "2026-01-02"].map((day) => ({ creationTimestamp: `${day}T00:00:00Z` }));
  const small = service("small", ROUTES, { hosts: ["shop.example.com"], ...at }, old);
  const named = service("named", ROUTES, { hosts: ["Shop.example.com"], ...at }, young);
  const args = ["--gateway", "front", "--selector", "istio=ingressgateway"];
  const { lines, resources } = await converted(documents(small, named), ...args);
  assert.deepEqual(resources, []);
  const why = "Istio compares them with the Gateway's hosts letter by letter: write them in lower case";
  assert.deepEqual(
    errors(lines).map((line) => line.replace(/.*has this host too: /, "")),
    [why, why],
  );
});
