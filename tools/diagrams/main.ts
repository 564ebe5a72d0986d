/** `make diagrams`: draws the diagrams of the documents. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.ts";
import { CIRCUIT_STATES, circuitStates } from "./circuit-states.ts";
import { TERMINALS, terminal } from "./terminal.ts";

writeFileSync(join(PROJECT, CIRCUIT_STATES), circuitStates());
console.log(CIRCUIT_STATES);
for (const { lines, picture, title } of TERMINALS) {
  writeFileSync(join(PROJECT, picture), terminal(readFileSync(join(PROJECT, lines), "utf8"), title));
  console.log(picture);
}
