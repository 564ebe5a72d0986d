/** `make diagrams`: draws the diagrams of the documents. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.ts";
import { CIRCUIT_STATES, circuitStates } from "./circuit-states.ts";

writeFileSync(join(PROJECT, CIRCUIT_STATES), circuitStates());
console.log(CIRCUIT_STATES);
