import { until } from "../../envoy/deadline.ts";
import { spansOf } from "../../cli/trace/input/read.ts";
import type { Span } from "../../cli/trace/span.ts";
import type { Scene } from "./scene.ts";

/** An answer of the page. */
export interface PageAnswer {
  readonly status: number;
  /** What it says of reviews; ratings are `unavailable` with a status if their call failed. */
  readonly reviews: { readonly ratings?: { readonly unavailable?: number } & Readonly<Record<string, unknown>> };
}

/** Asks for the page once, perhaps as somebody who is logged in. */
export async function askForPage({ gateway }: Scene, user?: string): Promise<PageAnswer> {
  const headers: Record<string, string> = user === undefined ? {} : { "end-user": user };
  const response = await fetch(`${gateway}/productpage`, { headers });
  const text = await response.text();
  if (!response.ok) return { status: response.status, reviews: {} };
  return { reviews: {}, ...(JSON.parse(text) as object), status: response.status };
}

/** Asks so many times, one after the other. Throws if one is not answered with 200. */
export async function send(scene: Scene, times: number): Promise<void> {
  for (let sent = 0; sent < times; sent++) {
    const { status } = await askForPage(scene);
    if (status !== 200) throw new Error(`${scene.gateway}/productpage answers ${status}`);
  }
}

/** Tells ratings how to answer from now on. */
export async function tellRatings({ gateway }: Scene, status: number): Promise<void> {
  const response = await fetch(`${gateway}/answer-with/${status}`);
  if (!response.ok) throw new Error(`ratings cannot be told: ${response.status} ${await response.text()}`);
}

/** The spans that began since a time, as soon as there are so many. Throws after half a minute. */
export async function spansSince(
  { traces }: Pick<Scene, "traces">,
  time: number,
  count: number,
): Promise<readonly Span[]> {
  let seen = 0;
  return await until(`${count} spans at ${traces}`, async () => {
    const now = Date.now();
    const spans = await spansOf([traces], { since: now - time, limit: MOST }, now);
    seen = spans.length;
    return seen >= count && spans;
  }).catch((error: Error) => {
    throw new Error(`${error.message}, which has ${seen}`);
  });
}

const MOST = 1000;
