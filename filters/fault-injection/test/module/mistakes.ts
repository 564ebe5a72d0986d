import { test } from "node:test";
import assert from "node:assert/strict";
import { configurationErrors, configurationWarnings } from "../../../../test/support/module/configuration-errors.ts";
import { FAULT_INJECTION } from "./compiled.ts";

/** What is configured, and the lines that are logged for it. */
export type Case = readonly [name: string, configuration: unknown, lines: readonly string[]];

export const errors = (configuration: unknown): string[] => configurationErrors(FAULT_INJECTION, configuration);
export const warnings = (configuration: unknown): string[] => configurationWarnings(FAULT_INJECTION, configuration);

export function testErrors(cases: readonly Case[]): void {
  for (const [name, configuration, lines] of cases) {
    test(`errors: ${name}`, () => assert.deepEqual(errors(configuration), lines));
  }
}

/** A VirtualService with these entries; one with this entry alone; the fault of that. */
export const service = (http: unknown, fields: object = {}): object => ({
  virtualServices: [{ hosts: ["ratings"], http, ...fields }],
});
export const entry = (fields: unknown): object => service([fields]);
export const fault = (fields: unknown): object => entry({ fault: fields });
/** Fields beside the VirtualServices. */
export const root = (fields: object): object => ({ virtualServices: [], ...fields });

export const SHARE = { percentage: { value: 10 } };
export const DELAY = { ...SHARE, fixedDelay: "1s" };
export const ABORT = { ...SHARE, httpStatus: 503 };

/** Their paths. */
export const HTTP = "virtualServices[0].http[0]";
export const FAULT = `${HTTP}.fault`;

export const DURATION = 'expected a duration such as "5s", "100ms" or "1h30m"';
