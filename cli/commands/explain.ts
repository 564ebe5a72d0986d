import type { CommandModule } from "yargs";
import { decide } from "../decision/decide.ts";
import { loadPlugins } from "../decision/load.ts";
import { parseRequest, requestOf } from "../decision/request.ts";
import { Failure } from "../failure.ts";
import { decisionLines } from "../output/decision.ts";
import { print, printJson } from "../output/print.ts";
import { paint } from "../output/paint.ts";
import { labelsOf } from "./labels.ts";
import { FILTER, OUTPUT, type Common } from "./options.ts";

interface Arguments extends Common {
  config: string;
  request: string;
  header: string[];
  filter: string | undefined;
  plugin: string | undefined;
  namespace: string | undefined;
  labels: string | undefined;
  method: string | undefined;
  path: string | undefined;
  host: string | undefined;
  principal: string | undefined;
  claims: string | undefined;
  direction: string | undefined;
}

export const EXPLAIN: CommandModule<object, Arguments> = {
  command: "explain",
  describe: "Show what a filter does with one request, and by which rule",
  builder: (yargs) =>
    yargs
      .option("config", { alias: "c", type: "string", demandOption: true, describe: "a file as validate takes it" })
      .option("request", { alias: "r", type: "string", default: "{}", describe: "in YAML: {path: /ip, host: httpbin}" })
      .option("method", { type: "string", describe: "GET where not given" })
      .option("path", { type: "string", describe: "with its query; / where not given" })
      .option("host", { type: "string", describe: "whom it is for" })
      .option("header", {
        alias: "H",
        type: "string",
        array: true,
        nargs: 1,
        default: [] as string[],
        describe: "name: value",
      })
      .option("principal", { type: "string", describe: "the caller's SPIFFE ID; plaintext where not given" })
      .option("claims", { type: "string", describe: "of a verified token, in YAML" })
      .option("direction", { choices: ["INBOUND", "OUTBOUND"], type: "string", describe: "the listener's" })
      .option("filter", FILTER)
      .option("plugin", { type: "string", describe: "the resource's name, of several in the file" })
      .option("namespace", { alias: "n", type: "string", describe: "the workload's; the resource's where not given" })
      .option("labels", { alias: "l", type: "string", describe: "the workload's; the selector's where not given" })
      .option("output", OUTPUT)
      .epilogue(
        "Runs the compiled filter. --request also takes scheme, headers (a list is a repeated one), remoteIp,\n" +
          "port, sni and at (the time). What is drawn by chance is drawn the same way each time.",
      )
      .example("$0 explain -c authz.yaml --path /ip --principal cluster.local/ns/default/sa/sleep", "who may")
      .example("$0 explain -c routing.yaml --host reviews -H 'end-user: jason'", "which route"),
  handler: (args) => {
    const request = requestFrom(args);
    const { filter, plugin, namespace } = args;
    const labels = labelsOf("--labels", args.labels);
    const workload = { ...(namespace !== undefined && { namespace }), ...(labels !== undefined && { labels }) };
    const plugins = loadPlugins(args.config, { filter, plugin, workload });
    const decisions = plugins.map(({ name, filter, configured }) => ({
      plugin: name,
      filter,
      ...decide(configured, request),
    }));
    if (args.output === "json") return printJson(decisions);
    for (const [at, decision] of decisions.entries()) {
      const title = `${decision.plugin}: `;
      print(
        ...(at > 0 ? [""] : []),
        ...decisionLines(decision).map((line, row) => (row === 0 ? paint.dim(title) + line : line)),
      );
    }
  },
};

/** The request of `--request`, and of the options by which it can be given more shortly. */
function requestFrom(args: Arguments) {
  const given = parseRequest(args.request);
  const { method, path, host, principal, direction } = args;
  const short = Object.entries({ method, path, host, principal, direction }).filter(([, value]) => value !== undefined);
  const claims = args.claims === undefined ? {} : parseRequest(`{claims: ${args.claims}}`);
  const headers: Record<string, string | string[]> = { ...given.headers };
  for (const line of args.header) {
    const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Failure(`--header ${line}: expected name: value`);
    headers[name] = headers[name] === undefined ? value : [headers[name], value].flat();
  }
  return requestOf({ ...given, ...Object.fromEntries(short), ...claims, headers }, "the request");
}
