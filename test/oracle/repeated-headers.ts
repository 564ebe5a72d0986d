import { envoyIsBefore } from "../../tools/envoy-binary.ts";

/**
 * Whether repeated headers are to be joined, and everything kept to ASCII: `ORACLE_MODE` says it, else the version of the
 * Envoy to be run does. Before 1.39 native routes join the values of a repeated header and read regular expressions as UTF-8.
 */
export function joinsRepeatedHeaders(): boolean {
  const mode = process.env["ORACLE_MODE"];
  if (mode !== undefined) return mode === "joined";
  return envoyIsBefore(39);
}
