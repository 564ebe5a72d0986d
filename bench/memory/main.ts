/**
 * `make memory`: what filters take of the resident memory of an Envoy, by configuration and number of workers: what they add to one that
 * starts with them, and what one has that gets many rules by a push, beside Envoy's own RBAC. Writes bench/results/memory.md.
 *
 * Each figure is the median of `REPEATS` (3 if not given) processes; each process answers `REQUESTS` (20,000 if not given) first, so that
 * V8 has compiled what it compiles.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { PROJECT } from "../../tools/project.ts";
import { machine } from "../measure/machine.ts";
import { DRAIN_SECONDS } from "../push/proxy.ts";
import { FEW_REQUESTS, REPEATS, REQUESTS } from "./figures.ts";
import { measurePushed } from "./pushed.ts";
import { measureStarted } from "./started.ts";

const { base, table } = await measureStarted();
const pushed = await measurePushed();
const text = `# What a filter takes in memory

Written by \`make memory\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}.

Resident memory of Envoy (\`VmRSS\`) in MiB, after ${REQUESTS.toLocaleString("en")} requests, or ${FEW_REQUESTS.toLocaleString("en")} of native RBAC: ${REPEATS === 1 ? "one process each" : `the median of ${REPEATS} processes each`}.
The main thread has a VM too, which is in the figures of each column.

## What a filter adds

An Envoy starts with the filter. The figures are what it has beyond one with no filter, which has ${base.map((figure) => figure.toFixed(0)).join(", ")}.

${table}

## Rules that are pushed

The figures are all that an Envoy has. It discovers a listener with the filter from a file, and one value of the last rule is changed at each push; the rules are those
of [push.md](push.md). A replaced listener drains for ${DRAIN_SECONDS} s.

${pushed}
`;
const written = await format(text, { parser: "markdown", printWidth: 120 });
console.log(written);
writeFileSync(join(PROJECT, "bench/results/memory.md"), written);
