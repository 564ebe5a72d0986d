import {
  answer,
  discovered,
  header,
  listener,
  type HttpChain,
  type JsonObject,
  type Listener,
} from "../support/envoy/index.ts";

/** The routes that never change: by subset in the steering header, v1 where it names none. */
export const SUBSET_ROUTES: readonly JsonObject[] = [
  answer("v2", header("x-subset", "v2")),
  answer("v3", header("x-subset", "v3")),
  answer("v1"),
];

/** A listener whose header-routing, discovered under `name`, steers between the subsets; the answer's body names one. */
export function reviews(name = "header-routing", chain: HttpChain = {}): Listener {
  return listener(name, { filters: [discovered(name)], routes: SUBSET_ROUTES, ...chain });
}

/** The pluginConfig that sends one user to a subset, and everyone else to v1. */
export function sending(user: string, subset: string): JsonObject {
  return {
    steering: { header: "x-subset", value: "{subset}" },
    virtualServices: [
      {
        name: "reviews",
        namespace: "default",
        hosts: ["*"],
        http: [
          {
            name: user,
            match: [{ headers: { "end-user": { exact: user } } }],
            route: [{ destination: { host: "reviews", subset } }],
          },
          { name: "everyone-else", route: [{ destination: { host: "reviews", subset: "v1" } }] },
        ],
      },
    ],
  };
}
