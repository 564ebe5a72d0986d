/** Writes the index of the examples anew. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../project.ts";
import { INDEX, indexText } from "./examples.ts";

writeFileSync(join(PROJECT, INDEX), await indexText());
