import { Emulator, type LogLevel, type Node, type Root } from "../../emulator/index.ts";
import { addExpressions } from "./expressions.ts";
import { moduleOf } from "./module.ts";

/** The workload whose proxy a plugin runs in, as far as a configuration depends on it. */
export interface Workload {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
}

/** A filter that has been given a configuration. */
export interface Configured {
  readonly emulator: Emulator;
  readonly root: Root;
  /** Why it refused, a line each; none where it accepted. */
  readonly errors: string[];
  readonly warnings: string[];
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
  logLevel: LogLevel = "info",
): Configured {
  const emulator = new Emulator({ logLevel });
  addExpressions(emulator);
  const vm = emulator.loadSync(moduleOf(filter));
  const root = vm.createRoot({ rootId: filter, configuration: asIstio(pluginConfig), node: nodeOf(workload) });
  const lines = (level: string): string[] =>
    emulator.logs.filter((line) => line.level === level).map(({ message }) => message.replace(`${filter}: `, ""));
  const reasons = lines("critical");
  if (!root.accepted && reasons.length === 0) reasons.push(vm.failed ?? "refused without a reason");
  return { emulator, root, errors: root.accepted ? [] : reasons, warnings: lines("warn") };
}

function asIstio(pluginConfig: unknown): string {
  const json = JSON.stringify(pluginConfig ?? {});
  return json === "{}" ? "" : json;
}

/** A sidecar's node, as istiod's bootstrap has it. */
function nodeOf({ namespace, labels, serviceAccount = "default" }: Workload): Node {
  return {
    id: `sidecar~127.0.0.1~workload.${namespace}~${namespace}.svc.cluster.local`,
    metadata: { NAMESPACE: namespace, SERVICE_ACCOUNT: serviceAccount, LABELS: { ...labels } },
  };
}
