import type { Kind } from "./kind.ts";

/** What Istio and the filters take, and what does not do what was probably meant. */
export const OF_REMARKS: readonly Kind[] = [
  { code: "SBX601", title: "the plugin runs nowhere", messages: [/^the plugin runs nowhere, /] },
  { code: "SBX602", title: "the plugin runs in every proxy of the mesh", messages: [/^the root namespace, without /] },
  {
    code: "SBX603",
    title: "what happens if the module cannot run is probably not meant",
    messages: [/^not set, so FAIL_CLOSE: /, /^if the module cannot run, the section authz /],
  },
  { code: "SBX604", title: "the url is a placeholder", messages: [/^a placeholder: /] },
  {
    code: "SBX605",
    title: "the phase does not fit",
    messages: [/^in this phase no token is verified yet, /, /: the section authz belongs into the phase AUTHZ, /],
  },
  { code: "SBX606", title: "a section never acts", messages: [/^(\w+ )?never acts: its mode is /] },
  { code: "SBX607", title: "a fault is never injected", messages: [/^never injected: /] },
  {
    code: "SBX608",
    title: "no request has such a method",
    messages: [/^"[^]*" is no HTTP method, /, /^"[^]*" never matches: methods are /],
  },
  {
    code: "SBX609",
    title: "a star stands where it is a plain character",
    messages: [/^"[^]*" matches only what has a \* /],
  },
  { code: "SBX610", title: "a request may have to try many rules", messages: [/^a request may have to try /] },
];
