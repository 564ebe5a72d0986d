import { isObject } from "../input/resource.ts";

/** Fields whose effect no single request shows, and where it shows. */
const UNSEEN: Readonly<Record<string, string>> = {
  budget: "it counts the faults of a minute",
  maxActiveFaults: "it counts faults at the same time",
  decisionLog: "it decides what is logged",
  join: "it joins a call to an earlier request",
  reporting: "it sends spans when a request ends",
  jaegerRemote: "it follows what Jaeger says",
  maxKeys: "it counts circuits of keys",
  expose: "it writes filter state",
};

/** What two configurations say differently that no request that this command makes can show, a line each. */
export function unseenIn(old: unknown, other: unknown): string[] {
  const [before, after] = [fieldsOf(old), fieldsOf(other)];
  return Object.entries(UNSEEN)
    .filter(([field]) => before.get(field) !== after.get(field))
    .map(([field, why]) => `${field}: ${why}`);
}

/** All that stands under these fields, wherever they are. */
function fieldsOf(config: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isObject(value)) return;
    for (const [name, one] of Object.entries(value)) {
      if (Object.hasOwn(UNSEEN, name)) found.set(name, `${found.get(name) ?? ""}${JSON.stringify(one)}`);
      visit(one);
    }
  };
  visit(config);
  return found;
}
