/** The same with those that `keep` adds: a look at the clock, and at the end the status and the flags. */
import { readClock, readCode, readFlags, reset } from "./host-calls";
import { proxy_on_request_headers as withoutKeep } from "./unsampled-calls";

export {
  malloc,
  proxy_abi_version_0_2_1,
  proxy_on_configure,
  proxy_on_context_create,
  proxy_on_done,
} from "./unsampled-calls";

export function proxy_on_request_headers(context: u32, headers: u32, endOfStream: u32): u32 {
  withoutKeep(context, headers, endOfStream);
  readClock();
  return 0;
}

export function proxy_on_log(_context: u32): void {
  reset();
  readCode();
  readFlags();
}
