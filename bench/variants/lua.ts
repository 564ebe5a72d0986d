import { luaFilter } from "../measure/bootstrap.ts";
import { FIVE_CONDITIONS, SUBSET_ROUTES, type Variant } from "./variant.ts";

const ONE = `
function envoy_on_request(handle)
  local headers = handle:headers()
  if headers:get("end-user") == "jason" then
    headers:replace("x-subset", "v2")
  else
    headers:replace("x-subset", "v1")
  end
end`;

const FIVE = `
function envoy_on_request(handle)
  local headers = handle:headers()
  local user = headers:get("end-user")
  local tenant = headers:get("x-tenant")
  local region = headers:get("x-region")
  local language = headers:get("accept-language")
  local agent = headers:get("user-agent")
  if user == "jason" and tenant == "acme" and region == "eu-west-1" and language == "en-GB"
      and agent ~= nil and string.sub(agent, 1, 8) == "Mozilla/" then
    headers:replace("x-subset", "v2")
  else
    headers:replace("x-subset", "v1")
  end
end`;

/** The decision in Envoy's own Lua filter: one header, and five. */
export function lua(): Variant[] {
  const variant = (name: string, title: string, script: string, reads: readonly string[]): Variant => {
    return { name, title, answer: "v2", reads, filters: [luaFilter(script)], routes: SUBSET_ROUTES };
  };
  return [
    variant("lua", "Lua script", ONE, ["end-user"]),
    variant("lua-five", "Lua script that reads five headers", FIVE, FIVE_CONDITIONS),
  ];
}
