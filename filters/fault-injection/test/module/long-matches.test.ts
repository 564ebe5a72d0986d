/**
 * Matches with hundreds of headers, parameters, cookies or principals, whose reading stops in the middle: read in steps or at once, they
 * decide as a plain evaluation of all of their conditions, whichever one a request fails. `SEED=` replays a run.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Root, StreamOptions } from "../../../../emulator/index.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { BEHIND, readLate } from "../../../../test/support/module/read-late.ts";
import { FAULT_INJECTION } from "./compiled.ts";
import { ALWAYS, GET } from "./scenario.ts";

const SEED = seedOfRun();
const SETS = Number(process.env.SETS ?? 40);

type Values = Readonly<Record<string, string>>;

/** A match whose values are all exact; a request without a header of `withoutHeaders` meets that one. */
interface Match {
  readonly uri: string;
  readonly headers: Values;
  readonly withoutHeaders: Values;
  readonly queryParams: Values;
  readonly cookies: Values;
  /** None asks for no principal. */
  readonly principals: readonly string[];
}

/** A request that has been taken apart. */
interface Parts {
  readonly path: string;
  readonly headers: Values;
  readonly queryParams: Values;
  readonly cookies: Values;
  readonly principal: string;
}

const MAPS = ["headers", "withoutHeaders", "queryParams", "cookies"] as const;

function generateMatch(random: Random, number: number): Match {
  // Mostly none, a few, many that are not long, and as many as take several steps.
  const size = (): number => random.pick([0, 0, 0, 2, 70, 230, 330]);
  const values = (letter: string): Values =>
    Object.fromEntries(Array.from({ length: size() }, (_, n) => [`${letter}${n}`, random.pick(["yes", "no"])]));
  return {
    uri: random.pick(["/a", `/${number}`]),
    headers: values("h"),
    withoutHeaders: values("w"),
    queryParams: values("q"),
    cookies: values("c"),
    principals: Array.from({ length: size() }, (_, n) => `td/ns/a/sa/${number}-${n}`),
  };
}

/** The match as Istio has it. */
function written(match: Match): object {
  const exact = (values: Values): object =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { exact: value }]));
  const maps = MAPS.filter((name) => Object.keys(match[name]).length > 0).map((name) => [name, exact(match[name])]);
  const { uri, principals } = match;
  return { uri: { exact: uri }, ...Object.fromEntries(maps), ...(principals.length > 0 && { principals }) };
}

/** A request that meets all of a match but, perhaps, one of its conditions. */
function generateParts(random: Random, match: Match): Parts {
  const parts = {
    path: match.uri,
    headers: { ...match.headers },
    queryParams: { ...match.queryParams },
    cookies: { ...match.cookies },
    principal: match.principals.length > 0 ? random.pick([match.principals[0]!, match.principals.at(-1)!]) : "",
  };
  const kind = random.pick(["nothing", "principal", ...MAPS] as const);
  if (kind === "principal") return { ...parts, principal: "td/ns/a/sa/other" };
  if (kind === "nothing") return parts;
  const names = Object.keys(match[kind]);
  if (names.length === 0) return parts;
  const name = random.pick([names[0]!, names.at(-1)!, random.pick(names)]);
  if (kind === "withoutHeaders") parts.headers[name] = match.withoutHeaders[name]!;
  else if (random.pick([true, false])) delete parts[kind][name];
  else parts[kind][name] = "other";
  return parts;
}

function meets(match: Match, { path, headers, queryParams, cookies, principal }: Parts): boolean {
  const all = (wanted: Values, values: Values): boolean =>
    Object.entries(wanted).every(([name, value]) => values[name] === value);
  return (
    path === match.uri &&
    all(match.headers, headers) &&
    Object.entries(match.withoutHeaders).every(([name, value]) => headers[name] !== value) &&
    all(match.queryParams, queryParams) &&
    all(match.cookies, cookies) &&
    (match.principals.length === 0 || match.principals.includes(principal))
  );
}

function streamOf({ path, headers, queryParams, cookies, principal }: Parts): StreamOptions {
  const joined = (values: Values, separator: string): string =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join(separator);
  const query = joined(queryParams, "&");
  const cookie = joined(cookies, "; ");
  return {
    requestHeaders: {
      ...GET,
      ...headers,
      ":path": query === "" ? path : `${path}?${query}`,
      ...(cookie !== "" && { cookie }),
    },
    properties: { connection: { mtls: principal !== "", uri_san_peer_certificate: `spiffe://${principal}` } },
  };
}

/** The status that the filter answers a request with; undefined where it goes on. */
function answered(root: Root, parts: Parts): number | undefined {
  const stream = root.stream(streamOf(parts));
  stream.requestHeaders();
  const status = stream.localReply?.status;
  stream.end();
  return status;
}

test(`matches of hundreds of conditions decide the same if they are read in steps, and as they are written; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const counts = { met: 0, missed: 0, exempted: 0 };
  for (let set = 0; set < SETS; set++) {
    const routes = Array.from({ length: 4 }, (_, number) =>
      Array.from({ length: random.pick([1, 1, 3]) }, (_, n) => generateMatch(random, number * 10 + n)),
    );
    const exempt = [generateMatch(random, 100), generateMatch(random, 101)];
    const configuration = JSON.stringify({
      exempt: exempt.map(written),
      virtualServices: [
        {
          hosts: ["*"],
          http: routes.map((matches, n) => ({
            match: matches.map(written),
            fault: { abort: { httpStatus: 500 + n, ...ALWAYS } },
          })),
        },
      ],
    });
    const { emulator, vm } = FAULT_INJECTION.load({ record: false });
    const atOnce = vm.createRoot({ rootId: FAULT_INJECTION.filter, configuration });
    assert.ok(atOnce.accepted, FAULT_INJECTION.errorsOf(vm).join("\n"));
    const inSteps = readLate(FAULT_INJECTION, emulator, configuration + BEHIND);
    const matches = [...routes.flat(), ...exempt];
    for (let n = 0; n < 40; n++) {
      const parts = generateParts(random, random.pick(matches));
      const route = routes.findIndex((alternatives) => alternatives.some((match) => meets(match, parts)));
      const isExempt = exempt.some((match) => meets(match, parts));
      const expected = route < 0 || isExempt ? undefined : 500 + route;
      const message = `set ${set}: ${JSON.stringify(parts)}\n${configuration}`;
      assert.equal(answered(atOnce, parts), expected, `at once, ${message}`);
      assert.equal(answered(inSteps, parts), expected, `in steps, ${message}`);
      counts[isExempt ? "exempted" : route < 0 ? "missed" : "met"]++;
    }
  }
  for (const [what, count] of Object.entries(counts)) assert.ok(count > SETS, `${what}: ${count}`);
});
