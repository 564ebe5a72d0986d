import { proxy_call_foreign_function } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { Status } from "./status";

const out: usize = memory.data(8, 8);

/** Where `callForeign` put the answer, and how many bytes it is. */
export let answerStart: usize = 0;
export let answerLength: u32 = 0;

/**
 * Calls a function that the host has beyond the ABI (Envoy `source/extensions/common/wasm/foreign.cc`). NotFound where it
 * has none of that name.
 */
export function callForeign(name: Text, start: usize, length: u32): Status {
  const status = <Status>proxy_call_foreign_function(name.start, name.length, start, length, out, out + 4);
  if (status == Status.OK) {
    answerStart = load<usize>(out);
    answerLength = load<u32>(out + 4);
  } else {
    answerLength = 0;
  }
  return status;
}
