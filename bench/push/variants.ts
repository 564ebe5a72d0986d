import { resolve } from "node:path";
import { PROJECT } from "../../tools/project.ts";
import { directResponse, matchHeader, wasmFilter, type Json, type Listener } from "../measure/bootstrap.ts";
import { SUBSET_ROUTES } from "../variants/variant.ts";
import { LAST_PATH, tenantPolicy, tenantRbac } from "./rules.ts";

/** Something that is pushed: configurations that are alike but for one value of their last rule or route. */
export interface Pushed {
  name: string;
  /** What the table calls it. */
  title: string;
  /** How it reaches Envoy: in its listener, or as an extension by itself, as Istio delivers a WasmPlugin. Nothing is pushed if absent. */
  by?: "listener" | "extension";
  /** The listener with a value; for an extension its filter is first. */
  listener: (value: string) => Omit<Listener, "name">;
  /** The header by which a request has a value, and the body of the answer if that value is in force. */
  header: string;
  decided: string;
}

/** The path of the request that asks which value is in force. */
export const PROBED = LAST_PATH;

const COUNTS = [1, 1_000, 10_000] as const;
const ROUTES = 5_000;
/** What is never pushed. */
export const IDLE = "idle";
/** Those that the target compares. */
export const MOST_RULES = { ours: "authz-10000", native: "rbac-10000" } as const;

/** A folder with modules. */
interface Build {
  folder: string;
  /** What it adds to names and titles. */
  name: string;
  title: string;
}

const OWN: Build = { folder: resolve(PROJECT, "build"), name: "", title: "" };

const module = ({ folder }: Build, name: string): string => resolve(folder, `${name}.wasm`);
const plural = (count: number, what: string): string =>
  `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;

const ALLOWED = { header: "x-tenant", decided: "allowed" };
const ALL = [directResponse(matchHeader(), "allowed")];

function authz(build: Build, count: number, by: Pushed["by"] = "listener"): Pushed {
  const name = `authz-${count}${by === "extension" ? "-extension" : ""}${build.name}`;
  return {
    name,
    title: `authz, ${plural(count, "rule")}${by === "extension" ? ", as Istio delivers it" : ""}${build.title}`,
    by,
    ...ALLOWED,
    listener: (value) => ({
      filters: [wasmFilter(name, module(build, "authz"), { policies: [tenantPolicy(count, value)] })],
      routes: ALL,
    }),
  };
}

function rbac(count: number): Pushed {
  return {
    name: `rbac-${count}`,
    title: `native RBAC, ${plural(count, "rule")}`,
    by: "listener",
    ...ALLOWED,
    listener: (value) => ({ filters: [tenantRbac(count, value)], routes: ALL }),
  };
}

const ROUTED = { header: "end-user", decided: "v2" };

function users(last: string): string[] {
  return Array.from({ length: ROUTES }, (_, index) => (index === ROUTES - 1 ? last : `user-${index}`));
}

function headerRouting(build: Build): Pushed {
  const to = (subset: string): { [field: string]: Json } => ({ route: [{ destination: { host: "reviews", subset } }] });
  const configuration = (value: string): Json => {
    const routes = users(value).map((user) => ({
      match: [{ headers: { "end-user": { exact: user } } }],
      ...to(user === value ? "v2" : "v1"),
    }));
    const service = { name: "reviews", namespace: "default", hosts: ["reviews"], http: [...routes, to("v1")] };
    return { steering: { header: "x-subset", value: "{subset}" }, virtualServices: [service] };
  };
  return {
    name: `header-routing${build.name}`,
    title: `header-routing, ${plural(ROUTES, "route")}${build.title}`,
    by: "listener",
    ...ROUTED,
    listener: (value) => ({
      filters: [wasmFilter("header-routing", module(build, "header-routing"), configuration(value))],
      routes: SUBSET_ROUTES,
    }),
  };
}

function nativeRoutes(): Pushed {
  return {
    name: "native-routes",
    title: `native routes, ${plural(ROUTES, "route")}`,
    by: "listener",
    ...ROUTED,
    listener: (value) => ({
      filters: [],
      routes: [
        ...users(value).map((user) => directResponse(matchHeader("end-user", user), user === value ? "v2" : "v1")),
        directResponse(matchHeader(), "v1"),
      ],
    }),
  };
}

/** A listener that is pushed with next to nothing in it, or never: what a push costs anyway, and how long requests wait without one. */
function nothing(by?: Pushed["by"]): Pushed {
  return {
    name: by === undefined ? IDLE : "empty",
    title: by === undefined ? "no push" : "one native route",
    by,
    ...ROUTED,
    listener: (value) => ({
      filters: [],
      routes: [directResponse(matchHeader("end-user", value), "v2"), directResponse(matchHeader(), "v1")],
    }),
  };
}

/** All that is pushed in turn; with a folder of other modules those too, each after the same of this project. */
export function pushedAgainst(folder?: string): Pushed[] {
  const builds =
    folder === undefined ? [OWN] : [OWN, { folder: resolve(folder), name: "-against", title: ", the other build" }];
  const ofEach = (make: (build: Build) => Pushed): Pushed[] => builds.map(make);
  return [
    nothing(),
    nothing("listener"),
    ...COUNTS.flatMap((count) => [...ofEach((build) => authz(build, count)), rbac(count)]),
    ...ofEach((build) => authz(build, COUNTS[2], "extension")),
    ...ofEach(headerRouting),
    nativeRoutes(),
  ];
}
