import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { valuesOf, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { Features, reviews, to } from "./features.ts";

const JASON = { "end-user": { exact: "jason" } };

/** jason's requests to a destination, everyone else's to none. */
function only(destination: JsonObject, steering: JsonObject, fields: JsonObject = {}): JsonObject {
  return reviews([{ name: "jason", match: [{ headers: JASON }], route: [{ destination }] }], { steering, ...fields });
}

let features: Features;

before(async () => {
  features = await Features.start({
    subset: { configuration: reviews([to("v2", { headers: JASON }), to("v1")]) },
    "no-subset": { configuration: only({ host: "reviews" }, {}) },
    template: {
      configuration: only(
        { host: "reviews.default.svc.cluster.local", subset: "v2", port: { number: 9080 } },
        { header: "X-Cluster", value: "outbound|{port}|{subset}|{host}" },
      ),
    },
    authority: {
      configuration: only({ host: "reviews", subset: "v2" }, { header: ":authority", value: "{subset}.{host}" }),
    },
    hosts: {
      configuration: {
        virtualServices: [
          { name: "short", namespace: "prod", hosts: ["reviews"], http: [to("short")] },
          { name: "suffix", hosts: ["*.example.com"], http: [to("suffix")] },
          { name: "longer", hosts: ["*.api.example.com"], http: [to("longer")] },
          { name: "full", hosts: ["shop.example.com"], http: [to("full")] },
        ],
      },
    },
    everything: { configuration: { virtualServices: [{ hosts: ["*"], http: [to("all")] }] } },
  });
});
after(async () => await features?.stop());

test("the steering header is the filter's alone", async () => {
  const spoofed = [["x-subset", "v9"] as const, ["X-Subset", "v8"] as const];
  const { seen } = await features.send("subset", { headers: [["end-user", "jason"], ...spoofed] });
  assert.deepEqual(valuesOf(seen.headers, "x-subset"), ["v2"]);

  const otherHost = await features.send("subset", { headers: [["host", "details"], ...spoofed] });
  assert.deepEqual(valuesOf(otherHost.seen.headers, "x-subset"), []);

  const noRoute = await features.send("no-subset", { headers: spoofed });
  assert.deepEqual(valuesOf(noRoute.seen.headers, "x-subset"), []);

  const noSubset = await features.send("no-subset", { headers: [["end-user", "jason"], ...spoofed] });
  assert.deepEqual(valuesOf(noSubset.seen.headers, "x-subset"), []);
});

test("a template names host, subset and port", async () => {
  const { seen } = await features.send("template", { headers: [["end-user", "jason"]] });
  assert.deepEqual(valuesOf(seen.headers, "x-cluster"), ["outbound|9080|v2|reviews.default.svc.cluster.local"]);
});

test(":authority steers to another host, and stays as it came where nothing matches", async () => {
  const steered = await features.send("authority", { headers: [["end-user", "jason"]] });
  assert.deepEqual(valuesOf(steered.seen.headers, "host"), ["v2.reviews"]);
  const other = await features.send("authority", { headers: [["host", "reviews:80"]] });
  assert.deepEqual(valuesOf(other.seen.headers, "host"), ["reviews:80"]);
});

test("hosts: every name of a service, any port, no case; whole names before longer suffixes before shorter", async () => {
  const expected: Readonly<Record<string, string | undefined>> = {
    reviews: "short",
    "reviews:9080": "short",
    "REVIEWS.prod": "short",
    "reviews.prod.svc:80": "short",
    "reviews.prod.svc.cluster.local": "short",
    "reviews.default": undefined,
    "reviews-shadow": undefined,
    "reviews:9080-shadow": "short",
    "reviews.prod.svc.cluster.local.": "short",
    "a.example.com": "suffix",
    "a.b.example.com:8080": "suffix",
    "x.api.example.com": "longer",
    "api.example.com": "suffix",
    "shop.example.com": "full",
    "example.com": undefined,
  };
  for (const [host, subset] of Object.entries(expected)) {
    assert.equal((await features.send("hosts", { headers: [["host", host]] })).subset, subset, host);
  }
  assert.equal((await features.send("everything", { headers: [["host", "[::1]:80"]] })).subset, "all");
});
