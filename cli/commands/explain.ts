import { Argument, Command } from "commander";
import { explained } from "../command-line/help.ts";
import { Failure } from "../failure.ts";
import { decisionLines } from "../output/decision.ts";
import { paint } from "../output/paint.ts";
import { print, printJson } from "../output/print.ts";
import { labelsOf } from "./labels.ts";
import { choice, filterOption, outputOption, repeated, type Common } from "./options.ts";

interface Options extends Common {
  config?: string;
  verbose: boolean;
  request: string;
  header: string[];
  filter?: string;
  plugin?: string;
  namespace?: string;
  labels?: string;
  method?: string;
  path?: string;
  host?: string;
  principal?: string;
  claims?: string;
  direction?: string;
}

export function explainCommand(): Command {
  const command = new Command("explain")
    .summary("show what a filter does with one request, and by which rule")
    .description("Show what a filter does with one request, and by which rule.")
    .addArgument(new Argument("[file]", "file with the WasmPlugin, or the pluginConfig; - is standard input"))
    .option("-c, --config <file>", "the same as an option")
    .option("-r, --request <yaml>", "the request in YAML: {path: /ip, host: httpbin}", "{}")
    .option("--method <method>", "GET if not given")
    .option("--path <path>", "with its query; / if not given")
    .option("--host <host>", "Host header (:authority)")
    .addOption(repeated("-H, --header <header>", '"name: value"; may be repeated'))
    .option("--principal <id>", "the caller's SPIFFE ID; plaintext if not given")
    .option("--claims <yaml>", "claims of a verified token")
    .addOption(
      choice("--direction <direction>", "of the request; as the plugin's match.mode if not given", [
        "INBOUND",
        "OUTBOUND",
      ]),
    )
    .addOption(filterOption())
    .option("--plugin <name>", "the resource, if the file has several")
    .option("-n, --namespace <name>", "the workload's; the resource's if not given")
    .option("-l, --labels <labels>", "the workload's; the selector's if not given")
    .option("-v, --verbose", "also the filter's host calls, and all that was not asked", false)
    .addOption(outputOption())
    .action(run);
  return explained(
    command,
    [
      "Runs the compiled filter. If no rule decides, it says which rules come nearest and which of their conditions fail. --request also takes scheme, headers (a list is a repeated one), remoteIp, port, sni and at " +
        "(the time). Random draws have the same result each time.",
    ],
    [
      ["signalbox explain authz.yaml --path /ip --principal cluster.local/ns/default/sa/sleep", "who may"],
      ["signalbox explain routing.yaml --host reviews -H 'end-user: jason'", "which route"],
    ],
  );
}

async function run(argument: string | undefined, options: Options): Promise<void> {
  const file = fileOf(argument, options.config);
  const [{ explain }, { loadPlugins }, requests] = await Promise.all([
    import("../decision/explain.ts"),
    import("../decision/load.ts"),
    import("../decision/request.ts"),
  ]);
  const request = requestFrom(options, requests);
  const { filter, plugin, namespace } = options;
  const labels = labelsOf("--labels", options.labels);
  const workload = { ...(namespace !== undefined && { namespace }), ...(labels !== undefined && { labels }) };
  const plugins = loadPlugins(file, { filter, plugin, workload }, { record: true });
  const decisions = plugins.map((loaded) => explain(loaded, request));
  if (options.output === "json") return printJson(decisions);
  for (const [at, decision] of decisions.entries()) {
    const title = `${decision.plugin}: `;
    print(
      ...(at > 0 ? [""] : []),
      ...decisionLines(decision, options.verbose).map((line, row) => (row === 0 ? paint.dim(title) + line : line)),
    );
  }
}

/** @throws Failure unless there is one file */
function fileOf(argument: string | undefined, option: string | undefined): string {
  const file = argument ?? option;
  if (file === undefined) throw new Failure("name the file to explain; see signalbox explain --help");
  if (argument !== undefined && option !== undefined) {
    throw new Failure(`explain takes one file, and there are ${argument} and ${option}`);
  }
  return file;
}

/** The request of `--request`, and of the options by which it can be given more shortly. */
function requestFrom(
  options: Options,
  { parseRequest, parseYaml, requestOf }: typeof import("../decision/request.ts"),
): import("../decision/request.ts").Request {
  const given = parseRequest(options.request);
  const { method, path, host, principal, direction } = options;
  const short = Object.entries({ method, path, host, principal, direction }).filter(([, value]) => value !== undefined);
  const claims =
    options.claims === undefined ? {} : requestOf({ claims: parseYaml(options.claims, "--claims") }, "request");
  const headers: Record<string, string | string[]> = { ...given.headers };
  for (const line of options.header) {
    const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Failure(`--header ${line}: expected name: value`);
    headers[name] = headers[name] === undefined ? value : [headers[name], value].flat();
  }
  return requestOf({ ...given, ...Object.fromEntries(short), ...claims, headers }, "request");
}
