import { luaFilter } from "../measure/bootstrap.ts";
import { ANSWER, DENIED } from "./policy.ts";
import type { Variant } from "./variant.ts";

const SCRIPT = `
function envoy_on_request(handle)
  local headers = handle:headers()
  local path = headers:get(":path")
  if headers:get(":method") == "GET" and string.sub(path, 1, 8) == "/reviews" and headers:get("x-tenant") == "acme" then
    return
  end
  handle:respond({[":status"] = "403"}, "RBAC: access denied")
end`;

/** One rule in Envoy's own Lua filter. */
export function luaPolicy(): Variant {
  const title = "Lua script, 1 rule";
  return { name: "lua-policy", title, ...ANSWER, otherwise: DENIED, filters: [luaFilter(SCRIPT)] };
}
