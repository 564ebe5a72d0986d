import { luaFilter, type Json } from "../measure/bootstrap.ts";
import { BODY, STATUS } from "./faults.ts";
import { BEGIN } from "./lua-traces.ts";
import { ALL_DECIDED, ALWAYS_REGION, REGION, SHARE } from "./module.ts";
import type { Variant } from "./variant.ts";

/** What each script does with `headers`, in the order in which they come. */
const PASS = `
  local context = headers:get("traceparent")
  if context == nil or #context ~= 55 or not string.match(context, "^00%-%x+%-%x+%-%x%x$") then begin(headers) end`;

const AUTHORIZE = `
  local path = headers:get(":path")
  if not (headers:get(":method") == "GET" and string.sub(path, 1, 8) == "/reviews" and headers:get("x-tenant") == "acme") then
    handle:respond({[":status"] = "403"}, "RBAC: access denied")
  end`;

const ROUTE = `
  if headers:get("end-user") == "jason" then
    headers:replace("x-subset", "v2")
  else
    headers:replace("x-subset", "v1")
  end`;

const KEEP = `handle:streamInfo():dynamicMetadata():set("fault", "name", "abort")`;
const MARK = `
function envoy_on_response(handle)
  local fault = handle:streamInfo():dynamicMetadata():get("fault")
  if fault ~= nil then handle:headers():add("x-fault-injected", fault["name"]) end
end`;

/** The least that does it in four scripts. */
export function luaChain(): Variant {
  const filters = [script(PASS, BEGIN), script(AUTHORIZE), script(ROUTE), script(abort(false))];
  return { name: "lua-chain", title: "four Lua scripts", ...ALL_DECIDED, filters };
}

/** All of it in one script, which marks what it did on responses too if so asked, as fault-injection does (`lua-faults.ts`). */
export function luaAll(marks = false): Variant {
  const title = `one Lua script${marks ? " that marks responses" : ""}`;
  const all = [PASS, AUTHORIZE, ROUTE, abort(marks)].join("");
  const filters = [script(all, BEGIN, marks ? MARK : "")];
  return { name: marks ? "lua-all-marking" : "lua-all", title, ...ALL_DECIDED, filters };
}

/** `respond` ends the script. */
function script(body: string, before = "", after = ""): Json {
  return luaFilter(`${before}
function envoy_on_request(handle)
  local headers = handle:headers()${body}
end${after}`);
}

function abort(marks: boolean): string {
  return `
  local region = headers:get("x-region")
  if region == "${ALWAYS_REGION}" or region == "${REGION}" and math.random(1000000) <= ${SHARE * 10_000} then
    ${marks ? KEEP : ""} handle:respond({[":status"] = "${STATUS}"}, "${BODY}")
  end`;
}
