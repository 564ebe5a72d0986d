/** In a clone: has tsx read the TypeScript of `worker.ts`, also where the server itself runs from elsewhere. */
import { register } from "tsx/esm/api";

register();
await import("./worker.ts");
