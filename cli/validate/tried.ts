import { carriedModules } from "../carried.ts";
import { configure } from "../filter/configured.ts";
import { asSection, sectionFor, SIGNALBOX } from "../filter/sections.ts";
import { isObject } from "../input/resource.ts";
import type { Plugin } from "../input/plugin.ts";

/** What the module says of rules that requests try one by one (`assembly/match/tried.ts`). */
const TRIED = /: a request may have to try (\d+) rules or values one by one(?=: )/;
/** What each of them takes about if values are short, in microseconds (`SUITES=tried make bench`); the host evaluates CEL expressions. */
const MICROSECONDS_EACH = 0.3;

/** Of so few bytes of JSON no more rules can be than a request does not feel. */
const FEW_BYTES = 1000;

/**
 * What is said of rules of a configuration that is accepted, a line each as the filter writes them and with the time that it may take, if
 * each request may have to try many of them. The indexes of `signalbox` know it, which are those of the single filters, and tell it at the log level `debug`.
 *
 * @throws Failure if that module is not built
 */
export function linesOfTried({ filter, config, workload }: Plugin): string[] {
  if (filter === undefined || !isObject(config) || JSON.stringify(config).length < FEW_BYTES) return [];
  if (!carriedModules().includes(SIGNALBOX)) return [];
  const whole = filter === SIGNALBOX ? config : asSection(filter, config);
  const { warnings } = configure(SIGNALBOX, whole, workload, { logLevel: "debug" });
  const section = filter === SIGNALBOX ? "" : `${sectionFor(filter).name}.`;
  return warnings.filter((line) => TRIED.test(line)).map((line) => withPrice(line.slice(section.length)));
}

/** The line with the time that so many may take. */
function withPrice(line: string): string {
  return line.replace(
    TRIED,
    (tried, count) =>
      `${tried}, which takes about ${timeOf(Number(count) * MICROSECONDS_EACH)}, and more with long values or CEL expressions`,
  );
}

/** A time in words, by its first two digits. */
function timeOf(microseconds: number): string {
  const rounded = Number(microseconds.toPrecision(2));
  return rounded < 1000 ? `${rounded} µs` : `${rounded / 1000} ms`;
}
