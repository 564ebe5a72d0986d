import assert from "node:assert/strict";
import type { Emulator, RootOptions } from "../../../emulator/index.ts";
import type { Compiled } from "./compiled.ts";
import { AS_SECTIONS } from "./sections.ts";

/** The proxy that a configuration is read in. */
export interface ReadingProxy extends Pick<RootOptions, "node"> {
  /** What is done to the emulator before. */
  prepare?: (emulator: Emulator) => void;
}

/** The errors that a filter logs for a pluginConfig, given as a value or as the bytes that arrive; none where it takes it. */
export function configurationErrors(filter: Compiled, configuration: unknown, proxy: ReadingProxy = {}): string[] {
  const { emulator, vm } = filter.load();
  const { prepare, ...options } = proxy;
  prepare?.(emulator);
  const text = typeof configuration === "string" ? configuration : JSON.stringify(configuration);
  const root = vm.createRoot({ ...options, configuration: text });
  const lines = filter.errorsOf(vm);
  assert.equal(vm.failed, undefined);
  assert.equal(root.accepted, lines.length === 0);
  return lines;
}

/** The warnings that it logs for one that it takes. */
export function configurationWarnings(filter: Compiled, configuration: unknown): string[] {
  const { emulator, vm } = filter.load();
  filter.configured(vm, configuration);
  return emulator.logs.map(({ level, message }) => {
    assert.equal(level, "warn");
    return message.slice(`${filter.filter}: `.length);
  });
}

/** Errors for a comparison in which their order counts, except for a section: the fields that sections share are read before it. */
export function inAnyOrder(lines: readonly string[]): readonly string[] {
  return AS_SECTIONS ? [...lines].sort() : lines;
}
