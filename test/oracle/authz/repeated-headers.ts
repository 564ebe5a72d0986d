/** How the Envoy at hand matches a repeated header, in native RBAC: since 1.38 value by value; before, joined by ",". */
import { envoyBinary, versionOf } from "../../../tools/envoy-binary.ts";

const [major = 0, minor = 0] = versionOf(envoyBinary()).split(".").map(Number);

/** The filter's `repeatedHeaders` that does the same. */
export const REPEATED_HEADERS = major === 1 && minor < 38 ? "JOINED" : "EACH";
