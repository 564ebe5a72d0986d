import { answer, detailsOf, valuesOf, type Answer, type JsonObject, type Request } from "../../support/envoy/index.ts";

/**
 * A module with configurations that can be told apart by each of their verdicts: a label stands in every part of a configuration
 * that decides, and each answer shows the labels of all parts that had a say in it.
 */
export interface Numbered {
  module: string;
  /** The configuration with a label, of so many rules of which all but a few are for nobody. */
  configuration(label: string, rules: number): JsonObject;
  /** Requests of which each is judged in another way; some ask for what one label alone allows. */
  requests(label: string): readonly Request[];
  /** The label that an answer without any stands for: that of which the request asked for what it alone allows. */
  allows?: (request: Request) => string | undefined;
}

/** How a label looks: the plugin's name and a number. */
const LABEL = /\b[a-z]+-\d+\b/g;
/** Who may ask for what one label alone allows, and who asks for an explanation. */
const ASKS = "x-asks";
const EXPLAINED = "explained";

/** Routes that answer with what header-routing has written into the request. */
export const ROUTES: readonly JsonObject[] = [
  answer("reached", undefined, {
    response_headers_to_add: ["x-subset", "x-route"].map((key) => ({
      header: { key, value: `%REQ(${key})%` },
      append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
    })),
  }),
];

const authz: Numbered = {
  module: "authz",
  configuration: (label, rules) => ({ ...policies(label, rules), explain: { principals: ["*"] } }),
  requests: (label) => [asking(label), asking("nothing"), asking(EXPLAINED, ["x-authz-explain", ""])],
  allows: asked,
};

const headerRouting: Numbered = {
  module: "header-routing",
  configuration: (label, rules) => ({ ...virtualServices(label, rules) }),
  requests: () => [{}, { headers: [["end-user", "user-1"]] }],
};

const signalbox: Numbered = {
  module: "signalbox",
  configuration: (label, rules) => ({
    authz: { mode: "CLIENT_AND_SERVER", ...authz.configuration(label, rules) },
    headerRouting: { mode: "CLIENT_AND_SERVER", ...virtualServices(label, rules / 10) },
  }),
  requests: authz.requests,
  allows: asked,
};

export const NUMBERED: readonly Numbered[] = [authz, headerRouting, signalbox];

/** The labels of all parts of configurations that had a say in an answer. */
export function labelsIn({ allows }: Numbered, { status, headers }: Answer, request: Request): string[] {
  const shown = ["x-authz-decision", "x-subset", "x-route", "x-answered"].flatMap((name) => valuesOf(headers, name));
  const labels = [...shown, detailsOf({ headers }) ?? ""].flatMap((text) => text.match(LABEL) ?? []);
  const allowed = status === 200 && !shown.some((text) => text.startsWith("allowed")) ? allows?.(request) : undefined;
  return allowed === undefined ? labels : [...labels, allowed];
}

function asking(what: string, ...headers: (readonly [string, string])[]): Request {
  return { headers: [[ASKS, what], ...headers] };
}

function asked({ headers = [] }: Request): string | undefined {
  return valuesOf(headers, ASKS)[0];
}

/** DENY refuses by name who asks for another label, ALLOW lets in who asks for this one, and a dry run shows itself in explanations. */
function policies(label: string, rules: number): JsonObject {
  const asks = (field: "values" | "notValues", ...values: string[]): JsonObject => ({
    when: [{ key: `request.headers[${ASKS}]`, [field]: values }],
  });
  const policy = (name: string, action: string, rules: readonly JsonObject[], fields: JsonObject = {}): JsonObject => ({
    name: `${name}-${label}`,
    namespace: "default",
    action,
    rules,
    ...fields,
  });
  return {
    policies: [
      policy("deny", "DENY", [asks("notValues", label, EXPLAINED)]),
      policy("allow", "ALLOW", [...rulesForNobody(rules - 3), asks("values", label, EXPLAINED)]),
      policy("try", "DENY", [asks("values", EXPLAINED)], { dryRun: true }),
    ],
  };
}

function rulesForNobody(count: number): JsonObject[] {
  return Array.from({ length: count }, (_, index) => ({
    to: [{ operation: { methods: ["GET", "POST"], paths: [`/tenants/${index}/*`] } }],
    when: [{ key: "request.headers[x-tenant]", values: [`tenant-of-number-${index}`] }],
  }));
}

/** Each route steers to a subset of the label's name; the last one has the label in header operations both ways too. */
function virtualServices(label: string, rules: number): JsonObject {
  const route = [{ destination: { host: "reviews", subset: label } }];
  const users = Array.from({ length: rules - 1 }, (_, index) => ({
    match: [{ headers: { "end-user": { exact: `user-${index}` } } }],
    route,
  }));
  const headers = { request: { set: { "x-route": label } }, response: { set: { "x-answered": label } } };
  return {
    steering: { header: "x-subset", value: "{subset}" },
    virtualServices: [{ name: "reviews", namespace: "default", hosts: ["*"], http: [...users, { route, headers }] }],
  };
}
