/** Where the thread of `reader.ts` begins: Node itself reads it, and registers tsx, which a thread does not inherit. */
import { register } from "tsx/esm/api";

register();
await import("./reader.ts");
