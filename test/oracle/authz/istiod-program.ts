/**
 * The Go program in `istiod/`. Run as a program this builds it and prints the path, or says why that cannot be.
 */
import { fileURLToPath } from "node:url";
import { goProgram } from "../go-program.ts";
import type { Program } from "../go-program.ts";

/** The program, built first if need be. */
export function istiodProgram(): Promise<Program> {
  const folder = fileURLToPath(new URL("istiod/", import.meta.url));
  // With the tags of mesh-istiod, so that Go compiles once what both are made of; Istio's tag "agent" would leave out some of it here.
  return goProgram({
    folder,
    name: "authz-istiod",
    tags: "disable_pgv",
    about: "istiod's translator of AuthorizationPolicies",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const program = await istiodProgram();
  console.log("binary" in program ? program.binary : `No translator of istiod's: ${program.missing}`);
}
