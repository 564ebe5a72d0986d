import type { Kind } from "./kind.ts";

/** Values of an enumeration: `expected ALLOW, DENY or AUDIT (did you mean ALLOW?), got "ALOW"`; but not other lists of words. */
const ONE_OF_NAMES =
  /^expected (?!true or false|values or notValues|delay, abort|from, until)[A-Za-z][^ ,]*(?:, [^ ,]+)*(?: or [^ ,]+)?(?: \(did you mean [^)]*\?\))?, got /;

/** What is wrong with a field or its value, whichever filter or resource has it. */
export const OF_FIELDS: readonly Kind[] = [
  { code: "SBX201", title: "there is no such field", messages: [/^unknown field "/] },
  {
    code: "SBX202",
    title: "the value has the wrong type",
    messages: [
      /^expected (an object|a list|a string|a whole number|a number|true or false|a whole number or a string|an AuthorizationPolicy), got /,
    ],
  },
  {
    code: "SBX203",
    title: "a field is missing",
    messages: [/^required, and missing/, /^required, as the rule's trafficPolicy has none$/],
  },
  {
    code: "SBX204",
    title: "the value is none of the names that may stand here",
    messages: [ONE_OF_NAMES, /^expected \[ERROR\], as /],
  },
  {
    code: "SBX205",
    title: "a number is out of range, or there are too many or too few",
    messages: [
      /^expected a whole number from /,
      /^expected -?\d\S* or (more|less)(,| )/,
      /^expected \d+ (items|characters|fields) at most, got /,
      /^expected (a number (above|of|from) .*|a port from 0 to 65535|an HTTP status), got /,
      /^more than \d+ (trust domain aliases|destinations|entries|circuits in all|keys in all)$/,
      /^larger than 32 KiB$/,
      /^more than \d+: names of spans /,
      /^more than 32 policies$/,
    ],
  },
  {
    code: "SBX206",
    title: "a percentage cannot be used",
    messages: [/^expected (0, or )?a percentage from /],
  },
  {
    code: "SBX207",
    title: "a duration or a time cannot be used",
    messages: [/^expected a duration /, /^expected an RFC 3339 time /, /^must be a valid duration /],
  },
  {
    code: "SBX208",
    title: "something is empty",
    messages: [
      /^expected a (list|string) that is not empty/,
      /^expected (a source|an operation) with at least one field, got /,
      /^expected a rule; /,
      /^empty: write /,
      /^no section: write /,
    ],
  },
  {
    code: "SBX209",
    title: "the name or value of a header cannot be used",
    messages: [
      /^not a valid header name/,
      /^not the name of a header /,
      /^expected a header('s name|'s value, without| value without| that the filter does not write itself)/,
      /^expected the name of a header, /,
      /^expected a value without Envoy format strings /,
    ],
  },
  {
    code: "SBX210",
    title: "a name is not formed as it must be",
    messages: [
      /^expected a name (of|without) /,
      /^expected (a DNS name|letters, digits|small letters, digits|64 hexadecimal digits|a text that fits) ?/,
      /^expected the name to be /,
      /^expected a host (name, which|as istiod names it)/,
      /^expected a path that begins with "\/"/,
      /^a label's name must not be empty$/,
      /^a selector must not contain \*$/,
    ],
  },
  {
    code: "SBX211",
    title: "a regular expression cannot be used",
    messages: [/^expected a regular expression of /, /^not an RE2 regular expression: /],
  },
  {
    code: "SBX212",
    title: "one of several fields must be chosen",
    messages: [
      /^expected (only )?one of /,
      /^expected (values or notValues|delay, abort or both|from, until or both), got /,
      /^write (value or envName|service and port, or cluster|opentelemetry or zipkin|one of literal, header)/,
      /^must be alone: /,
      /^serviceAccounts cannot be combined with /,
      /^(no sampler|several samplers|keeps every request): write /,
    ],
  },
  {
    code: "SBX213",
    title: "it is not said what of a request counts",
    messages: [/^expected \{header: name\}, \{cookie: name\}/],
  },
  {
    code: "SBX214",
    title: "the same stands there twice",
    messages: [
      /^another entry already has the host /,
      /^another policy has this name and namespace$/,
      /^another circuit is already named /,
      /^another one has this name, /,
      /^another item before it has the same /,
      /^listed twice$/,
    ],
  },
  {
    code: "SBX215",
    title: "a field does not fit the fields beside it",
    messages: [
      /^it needs /,
      /^it must be at least baseEjectionTime$/,
      /^needs reporting, /,
      /^needs participate: true/,
      /^only beside cluster: /,
      /^a cluster has its port already$/,
      /^required beside a cluster with such a name: /,
      /^a subset's circuit needs steering, /,
      /^more than maxQueueSize: /,
    ],
  },
  {
    code: "SBX216",
    title: "the field belongs beside the sections",
    messages: [/^write it at the top of pluginConfig, /],
  },
];
