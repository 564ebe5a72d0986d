import type { Json } from "../measure/bootstrap.ts";
import { tenantPolicy } from "../push/rules.ts";

/** What is read, by which module, and how many parts it has. */
export interface Reading {
  title: string;
  filter: string;
  parts: number;
  document: Uint8Array;
}

/** The title of the rules that the suite `push` pushes, which are to be read in at most `MOST_MS`. */
export const PUSHED = "authz, 10,000 rules as they are pushed";
export const MOST_MS = 30;

const RULES = 10_000;
const ROUTES = 5_000;

function reading(title: string, filter: string, parts: number, configuration: Json): Reading {
  return { title, filter, parts, document: Buffer.from(JSON.stringify(configuration)) };
}

/** Rules as they come in practice: a caller, a method, and a path with all that lies under it. */
function rules(): Json[] {
  return Array.from({ length: RULES }, (_, at) => ({
    from: [{ source: { principals: [`cluster.local/ns/tenant-${at % 500}/sa/peer-${at}`] } }],
    to: [{ operation: { methods: ["GET"], paths: [`/tenants/${at}`, `/tenants/${at}/*`] } }],
  }));
}

/** Routes of one VirtualService, each for a caller's header and a path. */
function routes(action: (at: number) => { [field: string]: Json }): Json[] {
  return Array.from({ length: ROUTES }, (_, at) => ({
    name: `tenant-${at}`,
    match: [{ uri: { prefix: `/tenants/${at}/` }, headers: { "x-tenant": { exact: `tenant-${at}` } } }],
    ...action(at),
  }));
}

/** The documents that are measured. */
export const READINGS: readonly Reading[] = [
  reading("authz, 10,000 rules", "authz", RULES, {
    policies: [{ name: "tenants", namespace: "default", rules: rules() }],
  }),
  reading(PUSHED, "authz", RULES, { policies: [tenantPolicy(RULES, "last")] }),
  reading("header-routing, 5,000 routes", "header-routing", ROUTES, {
    steering: { header: "x-subset", value: "{subset}" },
    virtualServices: [
      {
        name: "tenants",
        hosts: ["*"],
        http: routes((at) => ({ route: [{ destination: { host: "reviews", subset: `v${at % 10}` } }] })),
      },
    ],
  }),
  reading("fault-injection, 5,000 routes", "fault-injection", ROUTES, {
    virtualServices: [
      {
        name: "tenants",
        hosts: ["*"],
        http: routes(() => ({ fault: { abort: { httpStatus: 503, percentage: { value: 10 } } } })),
      },
    ],
  }),
];
