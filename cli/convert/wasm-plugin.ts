import type { Json, Resource } from "../input/resource.ts";
import { manifestFields } from "./manifest.ts";
import { metadataOf, nameFrom } from "./metadata.ts";
import type { Options } from "./options.ts";
import type { Made, Origin } from "./outcome.ts";

/** The image where no other is given; there is none of that name. */
const PLACEHOLDER = "oci://registry.example.com/signalbox/{filter}:0.1.0";

/** What distinguishes the plugins of one filter from those of another. */
export interface PluginParts {
  readonly filter: string;
  /** The filter whose manifest says phase, priority and fail strategy, if not its own. */
  readonly fieldsOf?: string;
  readonly namespace: string;
  /**
   * What the plugin is made of, for its name: the name of a resource that is in no other plugin. So conversions of
   * different resources never make plugins of one name.
   */
  readonly madeOf: readonly string[];
  /** The resources that it is made of: labels and annotations on which they agree are its own too. */
  readonly from: readonly Resource[];
  /** The labels of the workloads whose proxies get it; undefined: all of the namespace. */
  readonly selector?: Readonly<Record<string, string>> | undefined;
  /** The gateways of Kubernetes' Gateway API that get it, in place of a selector. */
  readonly targetRefs?: readonly Json[] | undefined;
  /** `match[].mode`; undefined: whatever the proxy takes. */
  readonly mode: string | undefined;
  readonly pluginConfig: Json;
  readonly steps: readonly string[];
  readonly comment: readonly string[];
  readonly origins: readonly Origin[];
}

/** The WasmPlugin of a converted configuration, with the fields that the filter's own manifest has. */
export function wasmPlugin(parts: PluginParts, options: Options): Made {
  const {
    filter,
    fieldsOf = filter,
    namespace,
    madeOf,
    from,
    selector,
    targetRefs,
    mode,
    pluginConfig,
    steps,
    comment,
    origins,
  } = parts;
  const { url = PLACEHOLDER } = options;
  const name = options.name ?? nameFrom(filter, ...madeOf);
  const hasSelector = selector !== undefined && Object.keys(selector).length > 0;
  const notes: string[] = [];
  if (namespace === options.rootNamespace && !hasSelector && targetRefs === undefined) notes.push(FOR_ALL);
  if (options.url === undefined) notes.push("There is no image at this url: write yours, or give it with --url.");
  return {
    steps,
    comment: [...new Set([...comment, ...notes])],
    // What nothing else says where it comes from is told of the first resource.
    origins: [...origins, ...from.slice(0, 1).map((resource): Origin => ({ path: [], resource, at: [] }))],
    plugin: {
      filter,
      madeOf,
      longName: nameFrom(...(options.name === undefined ? [] : [options.name]), filter, ...madeOf),
    },
    resource: {
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: metadataOf(name, namespace, from),
      spec: {
        ...(hasSelector && { selector: { matchLabels: selector } }),
        ...(targetRefs !== undefined && { targetRefs }),
        ...(mode !== undefined && { match: [{ mode }] }),
        ...manifestFields(fieldsOf),
        url: url.replaceAll("{filter}", filter),
        pluginConfig,
      },
    },
  };
}

/** What is to be known of a plugin that nothing narrows. */
export const FOR_ALL = "It is for every workload of the mesh: it is in the root namespace and has no selector.";
