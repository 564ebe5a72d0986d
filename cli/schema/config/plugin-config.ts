import type { Schema } from "../problem.ts";
import { authz, authzRules, authzShared } from "./authz.ts";
import { circuitBreaking, circuitBreakingShared } from "./circuit-breaking.ts";
import { faultInjection, faultInjectionShared } from "./fault-injection.ts";
import { headerRouting, headerRoutingShared } from "./header-routing.ts";
import { NEEDS_PARTICIPATION } from "./reporting.ts";
import { direction, repeatedHeaders, rootNamespace, trustDomain } from "./shared.ts";
import { tracePropagation, tracePropagationShared } from "./trace-propagation.ts";
import { object, oneOf, type Fields } from "./types.ts";

const section = (description: string, fields: Fields, mode: string, rules: Schema = {}): Schema =>
  object(
    description,
    {
      mode: oneOf("at which listeners the section acts", ["CLIENT", "SERVER", "CLIENT_AND_SERVER"], mode),
      ...fields,
    },
    rules,
  );

const SIGNALBOX: Fields = {
  trustDomain: trustDomain("the mesh's trust domain (MeshConfig)"),
  rootNamespace: rootNamespace("the mesh's root namespace (MeshConfig); only authz asks for it"),
  repeatedHeaders: repeatedHeaders(
    "whether each value of a repeated header is matched, or all joined by commas; trace headers are never joined",
  ),
  direction: direction(
    "which requests the plugin sees, if it sees only one kind; if not given, each request's listener says it",
  ),
  tracePropagation: section(
    "the fields of trace-propagation",
    tracePropagation,
    "CLIENT_AND_SERVER",
    NEEDS_PARTICIPATION,
  ),
  authz: section("the fields of authz", authz, "SERVER"),
  headerRouting: section("the fields of header-routing", headerRouting, "CLIENT"),
  circuitBreaking: section("the fields of circuit-breaking", circuitBreaking, "CLIENT"),
  faultInjection: section("the fields of fault-injection", faultInjection, "CLIENT"),
};

const SECTIONS = ["tracePropagation", "authz", "headerRouting", "circuitBreaking", "faultInjection"];

/** The rules that a schema of the whole can say of `signalbox`: a section is there, and requireMtls has an inbound side. */
const SIGNALBOX_RULES: Schema = {
  anyOf: SECTIONS.map((name) => ({ required: [name] })),
  if: { properties: { direction: { const: "OUTBOUND" } }, required: ["direction"] },
  then: { properties: { authz: { properties: { requireMtls: { const: false } } } } },
};

/**
 * The JSON schema of each module's pluginConfig, by the module's name, without `$schema`. Field and description stand here
 * once: what `signalbox schema` prints and what the READMEs' tables are held to.
 */
export const PLUGIN_CONFIGS: Readonly<Record<string, Schema>> = {
  authz: object("pluginConfig of authz", { ...authz, ...authzShared }, authzRules),
  "circuit-breaking": object("pluginConfig of circuit-breaking", { ...circuitBreaking, ...circuitBreakingShared }),
  "fault-injection": object("pluginConfig of fault-injection", { ...faultInjection, ...faultInjectionShared }),
  "header-routing": object("pluginConfig of header-routing", { ...headerRouting, ...headerRoutingShared }),
  signalbox: object("pluginConfig of signalbox", SIGNALBOX, SIGNALBOX_RULES),
  "trace-propagation": object(
    "pluginConfig of trace-propagation",
    { ...tracePropagation, ...tracePropagationShared },
    NEEDS_PARTICIPATION,
  ),
};
