import { Emulator, type LogLevel, type Node, type Root } from "../../emulator/index.ts";
import { shownPath, type Path } from "../input/path.ts";
import { addExpressions, type Expressions, type Unevaluated } from "./expressions.ts";
import { moduleOf } from "./module.ts";
import { withExposed } from "./sections.ts";

/** What a filter says of an expression that its host does not compile; why not, only the host knows. */
const NOT_COMPILED = "Envoy cannot compile this CEL expression";

/** The workload whose proxy a plugin runs in, as far as a configuration depends on it. */
export interface Workload {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
  /** Whether it is a gateway and no sidecar. */
  readonly gateway?: boolean;
  /** The variables that the plugin's `vmConfig.env` gives it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A filter that has been given a configuration. */
export interface Configured {
  readonly emulator: Emulator;
  readonly root: Root;
  /** Why it refused, a line each; none where it accepted. */
  readonly errors: string[];
  readonly warnings: string[];
  /** The expressions that could not be evaluated, each once and with the reason. */
  readonly unevaluated: Unevaluated[];
  /** Whether circuit-breaking says which circuit a request belongs to, although its configuration does not want that. */
  readonly exposed: boolean;
}

/** How a filter is run. */
export interface Run {
  readonly logLevel?: LogLevel;
  /** Whether its host calls are recorded, which takes time. */
  readonly record?: boolean;
  /** Whether circuit-breaking is to say which circuit a request belongs to. */
  readonly expose?: boolean;
}

/**
 * Runs the compiled filter on a configuration, as the workload's proxy would. Istio hands an absent pluginConfig and an empty
 * one over as nothing at all.
 *
 * @throws Failure where the filter is not built
 */
export function configure(
  filter: string,
  pluginConfig: unknown,
  workload: Workload,
  { logLevel = "info", record = false, expose = false }: Run = {},
): Configured {
  const given = expose ? withExposed(filter, pluginConfig) : pluginConfig;
  const { bytes, module } = moduleOf(filter);
  const emulator = new Emulator({ logLevel, record });
  const expressions = addExpressions(emulator);
  const vm = emulator.instantiate(bytes, module, { environment: workload.environment ?? {} });
  const root = vm.createRoot({ rootId: filter, configuration: asIstio(given), node: nodeOf(workload) });
  const lines = (level: string): string[] =>
    emulator.logs.filter((line) => line.level === level).map(({ message }) => message.replace(`${filter}: `, ""));
  const reasons = lines("critical");
  if (!root.accepted && reasons.length === 0) reasons.push(vm.failed ?? "refused without a reason");
  return {
    emulator,
    root,
    errors: root.accepted ? [] : explained(reasons, expressions),
    warnings: [...lines("warn"), ...oddities(pluginConfig, [], expressions)],
    unevaluated: expressions.unevaluated,
    exposed: given !== pluginConfig,
  };
}

/** Keeps what a filter is now; what is given makes it so again, as if no request had been since. */
export function keep({ emulator, root, unevaluated }: Configured): () => void {
  const kept = [emulator.snapshot(), root.vm.snapshot()];
  return () => {
    for (const restore of kept) restore();
    unevaluated.length = 0;
  };
}

/** The filter's reasons, those about expressions with the mistakes that the host found in them. */
function explained(reasons: readonly string[], { refused }: Expressions): string[] {
  const mistakes = refused.values();
  return reasons.flatMap((reason) => {
    if (!reason.endsWith(NOT_COMPILED)) return [reason];
    const found = (mistakes.next().value as string[] | undefined) ?? [NOT_COMPILED];
    return found.map((mistake) => reason.slice(0, -NOT_COMPILED.length) + mistake);
  });
}

/** What is odd about the expressions in a configuration, a line each as the filter writes them. */
function oddities(value: unknown, path: Path, expressions: Expressions): string[] {
  if (typeof value === "string") {
    const odd = path.at(-1) === "expression" ? (expressions.warnings.get(value) ?? []) : [];
    return odd.map((what) => `${shownPath(path)}: ${what}`);
  }
  if (typeof value !== "object" || value === null) return [];
  const steps = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return steps.flatMap(([step, item]: [string | number, unknown]) => oddities(item, [...path, step], expressions));
}

function asIstio(pluginConfig: unknown): string {
  const json = JSON.stringify(pluginConfig ?? {});
  return json === "{}" ? "" : json;
}

/** A proxy's node, as istiod's bootstrap has it. */
function nodeOf({ namespace, labels, serviceAccount = "default", gateway = false }: Workload): Node {
  return {
    id: `${gateway ? "router" : "sidecar"}~127.0.0.1~workload.${namespace}~${namespace}.svc.cluster.local`,
    metadata: { NAMESPACE: namespace, SERVICE_ACCOUNT: serviceAccount, LABELS: { ...labels } },
  };
}
