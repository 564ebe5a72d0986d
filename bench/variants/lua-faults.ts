import { luaFilter } from "../measure/bootstrap.ts";
import { ALWAYS, BODY, ROUTES, scenarioVariant, STATUS, USER, type Scenario } from "./faults.ts";
import type { Variant } from "./variant.ts";

/** The name of the Lua script's variant of a scenario. */
export function luaFaultName({ name }: Pick<Scenario, "name">, marks = false): string {
  return `${marks ? "lua-marking" : "lua-fault"}-${name}`;
}

/**
 * The same in Envoy's own Lua filter: the least that does it.
 *
 * @param marks whether it also marks what it did on the response, whoever answers, as this project's filter does. A script
 *   knows on the response only what it kept of the request, and that has to be in the dynamic metadata.
 */
export function luaFaults(scenario: Scenario, marks = false): Variant {
  const title = `Lua script${marks ? " that marks responses" : ""}, ${scenario.title}`;
  const filters = [luaFilter(script(scenario, marks))];
  return { name: luaFaultName(scenario, marks), title, ...scenarioVariant(scenario), filters, routes: ROUTES };
}

const ABORT = `handle:respond({[":status"] = "${STATUS}"}, "${BODY}")`;
const KEEP = `handle:streamInfo():dynamicMetadata():set("fault", "name", "abort")`;
const MARK = `
function envoy_on_response(handle)
  local fault = handle:streamInfo():dynamicMetadata():get("fault")
  if fault ~= nil then handle:headers():add("x-fault-injected", fault["name"]) end
end`;

function script(scenario: Scenario, marks: boolean): string {
  const abort = marks ? `${KEEP} ${ABORT}` : ABORT;
  const reads = scenario.shareOfAll === undefined ? `local user = handle:headers():get("end-user")` : "";
  return `
function envoy_on_request(handle)
  ${reads}
  if ${condition(scenario)} then ${abort} end
end${marks ? MARK : ""}`;
}

function condition({ share, shareOfAll }: Scenario): string {
  if (shareOfAll !== undefined) return isChosen(shareOfAll);
  const always = `user == "${ALWAYS}"`;
  return share === undefined ? always : `${always} or user == "${USER}" and ${isChosen(share)}`;
}

function isChosen(share: number): string {
  return `math.random(1000000) <= ${share * 10_000}`;
}
