import { Text, utf8 } from "./text";

/** Says which build of the module this is: two of different sources or tools have different ids (`tools/build.ts`). */
export function buildId(): Text {
  return utf8("<build>");
}
