/** What istiod made of some sets, kept for machines that cannot build its translator (`record.ts` writes it). */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PolicySet, Translation } from "./policy-set.ts";

export const RECORDED = fileURLToPath(new URL("istiod/recorded.json", import.meta.url));
/** In bytes; what is recorded is read by people too. */
const MOST = 700_000;

/** The file. */
export interface Recorded {
  /** The version of istio.io/istio that translated. */
  istio: string;
  translations: { set: PolicySet; translation: Translation }[];
}

/** The version of istio.io/istio that the program is built of. */
export function pinnedIstio(): string {
  const module = readFileSync(new URL("istiod/go.mod", import.meta.url), "utf8");
  const version = /^\s*(?:require )?istio\.io\/istio (\S+)/m.exec(module)?.[1];
  if (version === undefined) throw new Error("istiod/go.mod requires no istio.io/istio");
  return version;
}

export function readRecorded(): Recorded {
  return JSON.parse(readFileSync(RECORDED, "utf8")) as Recorded;
}

/** Writes the file, a line for each set. Throws where it would become too large to be kept. */
export function writeRecorded({ istio, translations }: Recorded): void {
  const lines = translations.map((one) => JSON.stringify(one)).join(",\n");
  const text = `{"istio":${JSON.stringify(istio)},"translations":[\n${lines}\n]}\n`;
  if (Buffer.byteLength(text) > MOST) {
    throw new Error(`${Buffer.byteLength(text)} bytes are too many for recorded.json: record fewer sets`);
  }
  writeFileSync(RECORDED, text);
}

/** One text for sets that mean the same: the order of an object's keys has no meaning. */
export function keyOf(set: PolicySet): string {
  const sorted = (_: string, value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(set, sorted);
}
