import { resolve } from "node:path";
import { DECISIONS, MODULE_HEADERS, routes } from "../variants/module.ts";
import { signalbox, single } from "../variants/signalbox.ts";
import type { Suite } from "./suite.ts";

/**
 * Each single filter and `signalbox` as they are in `build/` beside the same in the folder `AGAINST`, such as `build/` of a clone of an earlier
 * commit.
 *
 * @throws RangeError if `AGAINST` names no folder
 */
export async function versions(): Promise<Suite> {
  const { AGAINST } = process.env;
  if (AGAINST === undefined)
    throw new RangeError("the suite versions compares with the modules in AGAINST: set it to their folder");
  const other = (filter: string): string => `${filter}-against`;
  return {
    name: "versions",
    base: { name: "no-filter", title: "no filter", answer: "v1", reads: [], filters: [], routes: routes() },
    headers: MODULE_HEADERS,
    others: [
      ...DECISIONS.flatMap((decision) => [
        single(decision),
        single(decision, resolve(AGAINST), other(decision.filter)),
      ]),
      signalbox(),
      signalbox(resolve(AGAINST), other("signalbox")),
    ],
    targets: [...DECISIONS.map(({ filter }) => filter), "signalbox"].map((filter) => ({
      title: `${filter} against the other`,
      ratio: [filter, other(filter)] as const,
      bound: { atMost: 1.05 },
    })),
    isOurs: (name) => !name.endsWith("-against"),
    printedOnly: true,
  };
}
