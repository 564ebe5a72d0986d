import type { Kind } from "./kind.ts";

/** What is wrong with a file, or with a resource as a whole. */
export const OF_FILES: readonly Kind[] = [
  { code: "SBX101", title: "the file is not YAML", messages: [/^not YAML: /] },
  { code: "SBX102", title: "the file is a template", messages: [/^a Helm template, /] },
  {
    code: "SBX103",
    title: "this is no Kubernetes resource",
    messages: [/^no resource, as it has no kind/, /^expected a resource$/, /^not a Kubernetes resource: /],
  },
  { code: "SBX104", title: "there is nothing to check", messages: [/^nothing to (check|convert): /] },
  {
    code: "SBX105",
    title: "Istio has no such kind or version",
    messages: [/^no \w+ in .*: write /, /^no kind "/, /^no group "/, /^not checked: \S+ is no group of /],
  },
  { code: "SBX106", title: "it is unknown which filter the plugin is for", messages: [/^not checked: no /] },
  { code: "SBX107", title: "a whole resource stands in pluginConfig", messages: [/^a whole \w+: /] },
  {
    code: "SBX108",
    title: "two resources have the same name",
    messages: [
      /^another \w+ of this name (and namespace is|stands) at /,
      /^given twice: /,
      /^the plugin that is made has this name too /,
    ],
  },
  {
    code: "SBX109",
    title: "the resource or its configuration is too large",
    messages: [
      /^\d+ bytes as JSON/,
      /^[\d.]+ MiB, at most /,
      /^too large: /,
      /^not JSON: a string is longer than /,
      /^more than \d+ names of hosts$/,
      /^the object has more than \d+ levels$/,
      /^to check this object takes /,
    ],
  },
  { code: "SBX110", title: "pluginConfig cannot be read as JSON", messages: [/^not JSON: (?!a string is longer )/] },
  {
    code: "SBX112",
    title: "the filter could not run",
    messages: [/^refused without a reason$/, /^cannot read pluginConfig from Envoy$/, /^Function: \w+ failed: /],
  },
  { code: "SBX113", title: "there are more errors than the filter lists", messages: [/^and \d+ more$/] },
];

/** What the command says of a file that it cannot read, in place of checking it: a name stands before it. */
export const OF_UNREAD: Kind = {
  code: "SBX111",
  title: "a file or folder cannot be read",
  messages: [/ cannot be read: /, / has no file that ends in /],
};
