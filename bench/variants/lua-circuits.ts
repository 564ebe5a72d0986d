import { luaFilter } from "../measure/bootstrap.ts";
import { REFUSED } from "./circuit-breaking.ts";
import { ERRORS, LONG_OPEN_MS, OPEN_MS, opens, opensAndCloses, toUpstream } from "./circuits.ts";
import type { Variant } from "./variant.ts";

/**
 * The least that does it in Envoy's own Lua filter: errors in a row, counted by one worker for itself, and all requests at once when the
 * time is over. It does not ask who made an answer, and does not see one that breaks off.
 */
export function luaCircuits(upstream: number): Variant[] {
  const own = (name: string, title: string, milliseconds: number): Variant => {
    return { name, title, ...toUpstream(name, upstream), filters: [luaFilter(script(milliseconds))] };
  };
  const closed = own("lua-circuit", "Lua script that counts for one worker", OPEN_MS);
  const open = own("lua-circuit-open", "Lua script, an open circuit refuses", LONG_OPEN_MS);
  return [
    { ...closed, prepare: opensAndCloses(REFUSED) },
    { ...open, prepare: opens(REFUSED), sometimes: REFUSED },
  ];
}

function script(milliseconds: number): string {
  return `
local errors = 0
local opened_until = 0
function envoy_on_request(handle)
  if opened_until == 0 or handle:headers():get(":authority") ~= "reviews" then return end
  local left = opened_until - handle:timestamp()
  if left <= 0 then opened_until = 0 return end
  local seconds = string.format("%d", math.ceil(left / 1000))
  handle:respond({[":status"] = "503", ["x-circuit-open"] = "reviews", ["retry-after"] = seconds}, "circuit open")
end
function envoy_on_response(handle)
  if opened_until ~= 0 then return end
  local status = tonumber(handle:headers():get(":status"))
  if status < 500 then errors = 0 return end
  errors = errors + 1
  if errors < ${ERRORS} then return end
  errors = 0
  opened_until = handle:timestamp() + ${milliseconds}
end`;
}
