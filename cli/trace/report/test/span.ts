import { UNKNOWN_SERVICE, type Kind, type Span, type Value } from "../../span.ts";

/** 2026-11-28T00:00:00Z in microseconds. */
export const MIDNIGHT = 1795824000000000;

/** What a test says of a span: ids as short as it likes, `at` and `takes` in milliseconds, `at` after `MIDNIGHT`. */
export interface Told {
  readonly id: string;
  readonly parent?: string;
  readonly trace?: string;
  readonly service?: string;
  readonly name?: string;
  readonly kind?: Kind;
  readonly at?: number;
  readonly takes?: number;
  readonly error?: boolean;
  readonly host?: string;
  readonly tags?: Readonly<Record<string, Value>>;
}

/** A span as a reader of files would give it. */
export function span(told: Told): Span {
  return {
    traceId: (told.trace ?? "1").padStart(32, "0"),
    spanId: told.id.padStart(16, "0"),
    parentId: told.parent?.padStart(16, "0"),
    service: told.service ?? UNKNOWN_SERVICE,
    name: told.name ?? "GET /",
    kind: told.kind ?? "SERVER",
    start: MIDNIGHT + (told.at ?? 0) * 1000,
    duration: (told.takes ?? 0) * 1000,
    attributes: new Map(Object.entries(told.tags ?? {})),
    resource: new Map(told.host === undefined ? [] : [["host.ip", told.host]]),
    scope: "",
    events: [],
    links: [],
    error: told.error ?? false,
    statusMessage: "",
    flags: undefined,
    traceState: "",
    shared: false,
  };
}
