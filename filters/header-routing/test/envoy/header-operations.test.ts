import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { valuesOf, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { Features, reviews } from "./features.ts";

const operations = (who: string): JsonObject => ({
  request: { set: { "x-who": who, "x-empty": "" }, add: { "x-list": who }, remove: ["x-gone"] },
  response: { set: { "x-answered": who }, add: { "x-answer-list": who }, remove: ["content-type"] },
});

let features: Features;

before(async () => {
  const destination = { host: "reviews", subset: "v1" };
  features = await Features.start({
    route: { configuration: reviews([{ headers: operations("route"), route: [{ destination }] }]) },
    single: {
      configuration: reviews([
        { headers: operations("route"), route: [{ destination, headers: operations("destination") }] },
      ]),
    },
    several: {
      configuration: reviews([
        {
          headers: operations("route"),
          route: [
            { destination, weight: 1, headers: operations("destination") },
            { destination: { host: "reviews", subset: "v0" }, weight: 0 },
          ],
        },
      ]),
    },
    percent: {
      configuration: reviews([{ headers: { request: { set: { "x-p": "100%%" } } }, route: [{ destination }] }]),
    },
  });
});
after(async () => await features?.stop());

/** What came of the operations on one request and its answer. */
async function result(name: string): Promise<Record<string, string[]>> {
  const { seen, answer } = await features.send(name, {
    headers: [
      ["x-who", "client"],
      ["x-list", "client"],
      ["x-gone", "1"],
      ["x-gone", "2"],
      ["x-empty", "kept"],
    ],
  });
  const list = (values: string[]): string[] => values.flatMap((value) => value.split(/, ?/));
  return {
    who: valuesOf(seen.headers, "x-who"),
    list: list(valuesOf(seen.headers, "x-list")),
    gone: valuesOf(seen.headers, "x-gone"),
    empty: valuesOf(seen.headers, "x-empty"),
    answered: valuesOf(answer.headers, "x-answered"),
    answerList: list(valuesOf(answer.headers, "x-answer-list")),
    type: valuesOf(answer.headers, "content-type"),
  };
}

test("a route's operations: remove, set, add, on the request and on the answer", async () => {
  assert.deepEqual(await result("route"), {
    who: ["route"],
    list: ["client", "route"],
    gone: [],
    empty: ["kept"],
    answered: ["route"],
    answerList: ["route"],
    type: [],
  });
});

test("with one destination, its operations follow the route's", async () => {
  const { who, list, answered, answerList } = await result("single");
  assert.deepEqual(
    { who, list, answered, answerList },
    {
      who: ["destination"],
      list: ["client", "route", "destination"],
      answered: ["destination"],
      answerList: ["route", "destination"],
    },
  );
});

test("with several destinations, theirs come before the route's", async () => {
  const { who, list, answered, answerList } = await result("several");
  assert.deepEqual(
    { who, list, answered, answerList },
    {
      who: ["route"],
      list: ["client", "destination", "route"],
      answered: ["route"],
      answerList: ["destination", "route"],
    },
  );
});

test("%% is a percent sign", async () => {
  const { seen } = await features.send("percent");
  assert.deepEqual(valuesOf(seen.headers, "x-p"), ["100%"]);
});
