/** `make dashboards`: writes the dashboards, the rules for Prometheus and the READMEs' tables of metrics anew. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../tools/project.ts";
import { written } from "./written.ts";

for (const [file, text] of await written()) {
  writeFileSync(join(PROJECT, file), text);
  console.log(file);
}
