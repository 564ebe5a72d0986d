/**
 * How large a policy fits into a WasmPlugin. As a program it prints the table that the README shows.
 *
 * Kubernetes stores the object as JSON, in etcd with at most 1.5 MiB a request (`--max-request-bytes`). `kubectl apply`
 * without `--server-side` puts the manifest into an annotation besides, and all annotations together may have 256 KiB
 * (apimachinery, `TotalAnnotationSizeLimitB`).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { PROJECT } from "../../../../tools/project.ts";

export const ETCD_BYTES = 1.5 * 1024 * 1024;
export const ANNOTATION_BYTES = 256 * 1024;
/** Room for what the API server adds to an object: its uid, times, and who manages which field. */
const ADDED_BYTES = 1024;

/** A way of writing a policy, the rules of `count` different requests. */
export interface Writing {
  name: string;
  rules(count: number): object[];
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`.padStart(5, "0"));
const get = (path: string): object => ({ operation: { methods: ["GET"], paths: [path] } });
const from = (...principals: string[]): object => ({ source: { principals } });
const client = (n: string): string => `cluster.local/ns/team-${n}/sa/client`;

export const WRITINGS: readonly Writing[] = [
  {
    name: "rules with a principal, a method and a path",
    rules: (count) => numbers(count).map((n) => ({ from: [from(client(n))], to: [get(`/service-${n}/*`)] })),
  },
  {
    name: "principals in one rule",
    rules: (count) => [{ from: [from(...numbers(count).map(client))], to: [get("/service/*")] }],
  },
];

/** The pluginConfig with `count` of them. */
export function pluginConfig({ rules }: Writing, count: number): object {
  return { policies: [{ name: "httpbin", namespace: "default", rules: rules(count) }] };
}

/** How many fit into so many bytes, all else in the WasmPlugin as in `wasmplugin.yaml`. */
export function thatFit(writing: Writing, bytes: number): number {
  const least = manifestBytes(writing, 1);
  // Each takes the same room.
  const each = manifestBytes(writing, 2) - least;
  return 1 + Math.floor((bytes - least) / each);
}

/** The bytes of the WasmPlugin with `count` of them, as Kubernetes stores it. */
export function manifestBytes(writing: Writing, count: number): number {
  const manifest = parse(readFileSync(join(PROJECT, "filters/authz/wasmplugin.yaml"), "utf8")) as { spec: object };
  const spec = { ...manifest.spec, pluginConfig: pluginConfig(writing, count) };
  return Buffer.byteLength(JSON.stringify({ ...manifest, spec }));
}

/** The table of what fits, in Markdown. */
export function table(): string {
  const rows = WRITINGS.map((writing) => {
    const each = manifestBytes(writing, 2) - manifestBytes(writing, 1);
    const fit = [ANNOTATION_BYTES, ETCD_BYTES - ADDED_BYTES].map((bytes) => grouped(thatFit(writing, bytes)));
    return [writing.name, `${each}`, ...fit];
  });
  return [["written as", "bytes each", "fit for `kubectl apply`", "fit with `--server-side`"], ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(table());
