/** How the Envoy at hand matches a repeated header, in native RBAC: since 1.38 value by value; before, joined by ",". */
import { envoyIsBefore } from "../../../tools/envoy-binary.ts";

/** The filter's `repeatedHeaders` that does the same. */
export const REPEATED_HEADERS = envoyIsBefore(38) ? "JOINED" : "EACH";
