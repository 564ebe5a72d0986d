/**
 * What `signalbox diff` has to find: whatever requests that it did not make show. Configurations have one thing changed; if the filter
 * then decides any of the requests of an example, or of a generator of other tests, differently, the command must find a difference.
 * `SEED=` and `MUTANTS=` run others, and more.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { generateConfiguration } from "../filters/authz/test/module/plain/generate-policies.ts";
import { generateRequest as plainRequest } from "../filters/authz/test/module/plain/generate-requests.ts";
import { Random } from "../test/oracle/random.ts";
import { generateRequest as routedRequest } from "../test/oracle/routes/generate-requests.ts";
import { generateVirtualServices } from "../test/oracle/routes/generate-services.ts";
import { exampleOf } from "../test/support/module/examples.ts";
import { moduleFolder, PROJECT } from "../tools/project.ts";
import type { Request } from "./decision/request.ts";
import { requestOf } from "./decision/request.ts";
import type { Workload } from "./filter/configured.ts";
import { isObject, type Json } from "./input/resource.ts";
import { accepted, between, seen } from "./test/difference.ts";
import { mutantsOf } from "./test/mutants.ts";

const SEED = Number(process.env.SEED ?? 1);
/** How many mutants of each example or generated configuration are compared, of those that requests tell apart. */
const MUTANTS = Number(process.env.MUTANTS ?? 1);
const WORKLOAD: Workload = {
  namespace: "default",
  labels: { app: "httpbin", version: "v1" },
  serviceAccount: "httpbin",
};

/** Caps and adaptive samplers decide by what was before, which the command does not compare. */
const UNSEEN = /\.(?:budget|maxActiveFaults|adaptive)\b/;

/**
 * Compares a configuration with some of its mutants that these requests tell apart.
 *
 * @returns how many there were
 */
function compareMutants(filter: string, config: unknown, requests: readonly Request[], random: Random): number {
  const old = accepted(filter, config, WORKLOAD);
  assert.ok(old !== undefined);
  const before = requests.map((request) => seen(old, request));
  let compared = 0;
  const all = mutantsOf(config).filter(({ what }) => !UNSEEN.test(what));
  for (const { what, value } of random.some(all, Math.min(all.length, 12 * MUTANTS))) {
    const other = compared < MUTANTS ? accepted(filter, value, WORKLOAD) : undefined;
    if (other === undefined) continue;
    const at = requests.findIndex((request, place) => seen(other, request) !== before[place]);
    if (at < 0) continue;
    compared++;
    const shown = (): string =>
      `${what} is not found, SEED=${SEED}; ${JSON.stringify(requests[at])} shows it\n${JSON.stringify(config)}`;
    assert.ok(between(old, other).kinds.length > 0, shown());
  }
  return compared;
}

/** Requests that their form allows. */
function sane(requests: readonly unknown[]): Request[] {
  return requests.flatMap((request) => {
    try {
      return [requestOf(request, "")];
    } catch {
      return [];
    }
  });
}

/** Policies without what no request of the command has: another peer's address, metadata of other filters. */
function expressible(config: unknown): unknown {
  const text = JSON.stringify(config)
    .replaceAll(/"(?:source|destination)\.ip"/g, '"remote.ip"')
    .replaceAll(/"experimental\.[^"]*"/g, '"request.headers[x-user]"');
  const names: Readonly<Record<string, string>> = { ipBlocks: "remoteIpBlocks", notIpBlocks: "notRemoteIpBlocks" };
  return JSON.parse(text, (_, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [names[name] ?? name, one]))
      : value,
  );
}

for (const filter of ["authz", "header-routing", "fault-injection", "trace-propagation"]) {
  test(`mutants of ${filter}'s examples that the requests there tell apart; SEED=${SEED}`, () => {
    const random = new Random(SEED);
    const names = readdirSync(join(PROJECT, moduleFolder(filter), "examples")).filter(
      (name) => name !== "refused.yaml",
    );
    let compared = 0;
    for (const name of names) {
      const [config, expected] = exampleOf(filter, name.replace(/\.yaml$/, ""));
      const decisions = parse(expected) as readonly Json[];
      const requests = decisions.flatMap(({ request, at }) => {
        if (!isObject(request) || request.filterState !== undefined) return [];
        const { peer, ...others } = request;
        const host = filter === "authz" ? "httpbin" : "reviews";
        return [{ host, ...others, ...(peer !== undefined && { principal: peer }), ...(at !== undefined && { at }) }];
      });
      compared += compareMutants(filter, parse(config), sane(requests), random);
    }
    assert.ok(compared >= names.length * 0.25 * MUTANTS, `${compared} mutants of ${names.length} examples`);
  });
}

test(`mutants of generated policies; SEED=${SEED}`, () => {
  let compared = 0;
  for (let set = 0; set < 16 * MUTANTS; set++) {
    const random = new Random(SEED * 1000 + set);
    const made = generateConfiguration(random, { policies: [2, 4], rules: [1, 3], tenants: 0 });
    const { directRemoteIp: _, direction: __, ...own } = made;
    const config = expressible(own);
    if (accepted("authz", config, WORKLOAD) === undefined) continue;
    const requests = Array.from({ length: 150 }, () => {
      const { headers, san, claims, port, serverName, remote } = plainRequest(random, 0);
      const named = Object.fromEntries(headers);
      const { ":method": method, ":path": path, ":authority": host, ":scheme": _scheme, ...others } = named;
      return {
        ...(method !== undefined && { method }),
        ...(path !== undefined && { path }),
        ...(host !== undefined && { host }),
        headers: others,
        ...(san !== undefined && { principal: san }),
        ...(claims !== undefined && { claims }),
        remoteIp: remote.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""),
        port,
        sni: serverName,
      };
    });
    compared += compareMutants("authz", config, sane(requests), random);
  }
  assert.ok(compared >= 6 * MUTANTS, `${compared} mutants`);
});

test(`mutants of generated VirtualServices; SEED=${SEED}`, () => {
  let compared = 0;
  for (let set = 0; set < 12 * MUTANTS; set++) {
    const random = new Random(SEED * 1000 + set);
    const virtualServices = generateVirtualServices(random, { asciiOnly: true });
    const config = { steering: { header: "x-subset", value: "{subset}" }, virtualServices };
    if (accepted("header-routing", config, WORKLOAD) === undefined) continue;
    const requests = Array.from({ length: 150 }, () => {
      const { method, target, authority, headers } = routedRequest(random, virtualServices, { asciiOnly: true });
      const named: Record<string, string[]> = {};
      for (const [name, value] of headers) named[name.toLowerCase()] = [...(named[name.toLowerCase()] ?? []), value];
      return { method, path: target, host: authority, headers: named };
    });
    compared += compareMutants("header-routing", config, sane(requests), random);
  }
  assert.ok(compared >= 6 * MUTANTS, `${compared} mutants`);
});
