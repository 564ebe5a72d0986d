/** Type-checks all AssemblyScript with its own compiler: what the filters share, then each module. Writes nothing. */
import { asc } from "./asc.ts";
import { filesBelow, isModuleSource, moduleEntry, moduleNames } from "./project.ts";

// As entries, classes become no exports of the module; here that is no mistake.
const CLASSES_AS_ENTRIES = ["--disableWarning", "235"];

const shared = filesBelow("assembly").filter(isModuleSource);
const modules = moduleNames().map(moduleEntry);

let failed = false;
for (const entries of [shared, ...modules.map((entry) => [entry])]) {
  try {
    const warnings = await asc(entries, "check", entries === shared ? CLASSES_AS_ENTRIES : []);
    if (warnings.trim() !== "") console.error(warnings);
  } catch (error) {
    failed = true;
    console.error((error as Error).message);
  }
}
process.exitCode = failed ? 1 : 0;
