/** How the pluginConfig of a single filter and a section of `signalbox` say the same. */

/** WasmPlugin's `match[].mode` (Istio `type.v1beta1.WorkloadMode`): at which listeners a plugin or a section acts. */
export type Mode = "CLIENT" | "SERVER" | "CLIENT_AND_SERVER";

/** A filter as a section of `signalbox`. */
export interface Section {
  filter: string;
  name: string;
  /** Where it acts if the section has no `mode`. */
  mode: Mode;
}

/** All sections in the order in which a request meets them; a response meets them the other way. */
export const SECTIONS = [
  { filter: "trace-propagation", name: "tracePropagation", mode: "CLIENT_AND_SERVER" },
  { filter: "authz", name: "authz", mode: "SERVER" },
  { filter: "header-routing", name: "headerRouting", mode: "CLIENT" },
  { filter: "circuit-breaking", name: "circuitBreaking", mode: "CLIENT" },
  { filter: "fault-injection", name: "faultInjection", mode: "CLIENT" },
] as const satisfies readonly Section[];

const SIGNALBOX = "signalbox";

export type SectionName = (typeof SECTIONS)[number]["name"];

/** The fields that stand at the top of `signalbox`'s pluginConfig, with the filters whose own pluginConfig has them. */
export const SHARED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  direction: ["trace-propagation", "authz", "header-routing", "circuit-breaking", "fault-injection"],
  trustDomain: ["trace-propagation", "authz", "header-routing", "circuit-breaking", "fault-injection"],
  rootNamespace: ["authz"],
  repeatedHeaders: ["authz", "header-routing", "circuit-breaking", "fault-injection"],
};

/** Whether a module is that of one filter. */
export function isFilter(module: string): boolean {
  return SECTIONS.some(({ filter }) => filter === module);
}

/** The section of a filter. */
export function sectionOf(filter: string): Section {
  const section = SECTIONS.find((one) => one.filter === filter);
  if (section === undefined) throw new Error(`no section of signalbox is ${filter}`);
  return section;
}

/**
 * Whether the tests of the single filters are to run against their sections of `signalbox` instead: `MODULE=signalbox`. They are the
 * same files; what differs is translated here.
 */
export const AS_SECTIONS = asSections();

/** The module to run a filter's tests with, for `build/<module>.wasm`. */
export function moduleOf(filter: string): string {
  return AS_SECTIONS ? SIGNALBOX : filter;
}

function asSections(): boolean {
  const named = process.env["MODULE"] || "";
  if (named !== "" && named !== SIGNALBOX)
    throw new Error(`MODULE is ${named}: ${SIGNALBOX}, or nothing for each filter's own`);
  return named === SIGNALBOX;
}

/**
 * The text of a filter's pluginConfig as one of `signalbox` with that section alone, which acts at every listener. A text that is no
 * object goes where the section is, since the filter says what is wrong with it; one that is no JSON stays as it is.
 */
export function inSection(filter: string, text: string): string {
  const { name } = sectionOf(filter);
  // To a filter nothing at all and null are a configuration in which everything has its default.
  const document = text === "" ? null : parsed(text);
  if (document === undefined) return text;
  if (document === null) return start(filter).replace(/,$/, "}}");
  if (!isObject(document)) return `{"${name}":${text}}`;
  const isShared = (field: string): boolean => SHARED_FIELDS[field]?.includes(filter) === true;
  const fields = Object.entries(document);
  const shared = fields.filter(([field]) => isShared(field));
  // Where nothing moves, the text stays: what JSON cannot keep, such as a field that stands there twice, is tested too.
  const own =
    shared.length === 0 ? text : JSON.stringify(Object.fromEntries(fields.filter(([field]) => !isShared(field))));
  const section = own.replace(/^\s*\{\s*(\}?)/, (_, end: string) => `${start(filter)}${end}`).replace(/,\}$/, "}");
  if (shared.length === 0) return `${section}}`;
  const others = shared.map(([field, value]) => `${JSON.stringify(field)}:${JSON.stringify(value)},`).join("");
  return `{${others}${section.slice(1)}}`;
}

/** How the text begins in which a filter's own pluginConfig is a section: in place of its first brace. */
function start(filter: string): string {
  return `{"${sectionOf(filter).name}":{"mode":"CLIENT_AND_SERVER",`;
}

/**
 * Lines that `signalbox` logs as the filters themselves would log them: what is about a section begins with its name, bytes are
 * those of the section, and what is about no section, such as the shared fields, is taken for `filter`'s.
 */
export function asLoggedBy(filter: string, lines: string): string {
  const word = (text: string): RegExp => new RegExp(`\\b${SIGNALBOX}: ${text}`, "g");
  const ofSections = SECTIONS.reduce(
    (text, one) =>
      text
        .replaceAll(word(`${one.name}: `), `${one.filter}: pluginConfig: `)
        .replaceAll(word(`${one.name}(?:\\.|(?=\\[))`), `${one.filter}: `),
    lines,
  );
  const twice = /( twice \(byte )(\d+)\)/g;
  const moved = start(filter).length - 1;
  return ofSections
    .replaceAll(word(""), `${filter}: `)
    .replaceAll(twice, (_, before: string, at: string) => `${before}${Number(at) - moved})`);
}

/** Why a test is left out if sections stand in for the filters: what it says holds for a module of one filter alone. */
export const OWN_MODULE_ONLY = AS_SECTIONS ? "it is about a module of one filter" : false;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
