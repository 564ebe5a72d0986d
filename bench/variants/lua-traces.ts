import { luaFilter } from "../measure/bootstrap.ts";
import { PASSES, TRANSLATES } from "./traces.ts";
import type { Variant } from "./variant.ts";

/** What begins a trace: `begin(headers)`. */
export const BEGIN = `
local function hex(digits)
  local out = ""
  for _ = 1, digits / 4 do out = out .. string.format("%04x", math.random(0, 65535)) end
  return out
end
local function begin(headers)
  headers:replace("traceparent", "00-" .. hex(32) .. "-" .. hex(16) .. "-00")
end`;

const PASS = `${BEGIN}
function envoy_on_request(handle)
  local headers = handle:headers()
  local value = headers:get("traceparent")
  if value == nil or #value ~= 55 or not string.match(value, "^00%-%x+%-%x+%-%x%x$") then begin(headers) end
end`;

const TRANSLATE = `${BEGIN}
function envoy_on_request(handle)
  local headers = handle:headers()
  local value = headers:get("b3")
  if value ~= nil then
    local trace, span, sampled = string.match(value, "^(%x+)%-(%x+)%-([01])$")
    if trace ~= nil and #trace == 32 and #span == 16 then
      headers:replace("traceparent", "00-" .. trace .. "-" .. span .. "-0" .. sampled)
      return
    end
  end
  begin(headers)
end`;

/** The least that does it in Envoy's own Lua filter: not all that the specifications ask for, such as ids that are not all zeroes. */
export function luaTraces(): Variant[] {
  return [
    { name: "lua-pass", title: "Lua script, valid traceparent passed on", ...PASSES, filters: [luaFilter(PASS)] },
    { name: "lua-b3", title: "Lua script, B3 to W3C", ...TRANSLATES, filters: [luaFilter(TRANSLATE)] },
  ];
}
