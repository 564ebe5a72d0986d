import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  Emulator,
  type EmulatorOptions,
  type Headers,
  type Root,
  type RootOptions,
  type Vm,
} from "../../../emulator/index.ts";
import { PROJECT } from "../../../tools/project.ts";

/** The module as it is shipped. */
export const MODULE = readFileSync(join(PROJECT, "build/header-routing.wasm"));

/** A VM with the compiled filter in it. */
export function load(options: EmulatorOptions = {}): { emulator: Emulator; vm: Vm } {
  const emulator = new Emulator(options);
  return { emulator, vm: emulator.loadSync(MODULE) };
}

/** A root with that pluginConfig, which must be accepted. */
export function configured(vm: Vm, configuration: unknown, options: RootOptions = {}): Root {
  const root = vm.createRoot({ rootId: "header-routing", ...options, configuration: JSON.stringify(configuration) });
  if (!root.accepted) throw new Error(errorsOf(vm).join("\n"));
  return root;
}

/** The errors that were logged, without the filter's name before them. */
export function errorsOf(vm: Vm): string[] {
  const lines = vm.emulator.logs.filter(({ level }) => level === "critical");
  return lines.map(({ message }) => message.replace(/^header-routing: /, ""));
}

/** What a root decides about a request: the headers that go on. */
export function send(root: Root, headers: Headers): Map<string, string[]> {
  const stream = root.stream({ requestHeaders: headers });
  const outcome = stream.requestHeaders();
  stream.responseHeaders({ ":status": "200" });
  stream.end();
  const values = new Map<string, string[]>();
  for (const [name, value] of outcome.headers) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}
