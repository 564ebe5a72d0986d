import type { Json } from "../input/resource.ts";
import { FAULT_INJECTION } from "./faults.ts";
import { MESH } from "./gateway-name.ts";
import { metadataOf } from "./metadata.ts";
import type { Made } from "./outcome.ts";
import type { Options } from "./options.ts";
import { HEADER_ROUTING } from "./routes.ts";
import type { Service } from "./scope.ts";
import type { Owner } from "./shared-hosts.ts";
import type { Parted } from "./steered-service.ts";
import { wasmPlugin } from "./wasm-plugin.ts";

/** Where the plugins run. */
export interface Target {
  readonly gateway: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly options: Options;
}

/** The entries of a plugin for some hosts. */
export interface Decided {
  readonly owner: Owner;
  readonly http: readonly Json[];
}

/** The VirtualService in place of one of the same name: `service`, and before its routes those that carry out. */
export function replacement(service: Service, part: Parted | undefined, header: string): Made {
  const { resource, namespace, http } = service;
  const { apiVersion, kind, name, spec } = resource;
  const steered = part?.steered ?? [];
  return {
    steps: [`Apply this VirtualService. It REPLACES ${namespace}/${name}.`],
    comment: part === undefined ? ["It has no faults any more: the plugin injects them."] : commentOn(part, header),
    origins: [{ path: [], resource, at: [] }],
    resource: {
      apiVersion,
      kind,
      metadata: metadataOf(name, namespace, [resource]),
      spec: { ...spec, http: [...steered, ...http] },
    },
  };
}

function commentOn({ steered, comment }: Parted, header: string): string[] {
  const last = steered.length - 1;
  const routes = last === 0 ? "http[0] is" : `http[0] to http[${last}] are`;
  return [
    `${routes} for requests with the header ${header}, which the plugin writes.`,
    "The routes after that are the original ones. They decide until the plugin runs, and wherever it cannot run.",
    ...comment,
  ];
}

/** The plugin of header-routing. */
export function routingPlugin(decided: readonly Decided[], steering: Json, target: Target): Made {
  const comment = ["It decides where requests go. To go back, delete it: the VirtualServices then decide as before."];
  const made = plugin(HEADER_ROUTING, decided, { steering }, comment, target);
  if (target.gateway === MESH) return made;
  // At a gateway, the plugin for sidecars takes the header off every request: this one has to come after it.
  const { spec } = made.resource as { spec: { priority: number } };
  return { ...made, resource: { ...made.resource, spec: { ...spec, priority: spec.priority - 1 } } };
}

/** The plugin of fault-injection. */
export function faultPlugin(decided: readonly Decided[], target: Target): Made {
  const comment = [
    "It injects the faults of the VirtualServices. To go back, delete it and apply the VirtualServices that you had.",
    "Cap the faults with maxActiveFaults before you turn them up.",
  ];
  return plugin(FAULT_INJECTION, decided, {}, comment, target);
}

function plugin(filter: string, decided: readonly Decided[], fields: Json, comment: string[], target: Target): Made {
  const { options, gateway, namespace, selector } = target;
  const from = [...new Set(decided.flatMap(({ owner }) => owner.services.map(({ resource }) => resource)))];
  const first = decided[0]?.owner.services[0];
  const trust = options.trustDomain === undefined ? {} : { trustDomain: options.trustDomain };
  return wasmPlugin(
    {
      filter,
      namespace,
      selector,
      mode: "CLIENT",
      // A plugin of the root namespace can be of any namespace's VirtualServices, and for any namespace's gateway.
      madeOf: [
        ...(first !== undefined && first.namespace !== namespace ? [first.namespace] : []),
        ...(first !== undefined ? [first.resource.name] : []),
        ...(gateway === MESH ? [] : gateway.split("/")),
      ],
      from,
      steps: ["Then apply this plugin."],
      comment,
      origins: decided.flatMap(({ owner: { services } }, place) =>
        services.slice(0, 1).map(({ resource }) => ({
          path: ["spec", "pluginConfig", "virtualServices", place],
          resource,
          at: ["spec"],
        })),
      ),
      pluginConfig: {
        ...trust,
        ...fields,
        virtualServices: decided.map(({ owner, http }) => ({ ...identityOf(owner, gateway), http })),
      },
    },
    options,
  );
}

/** What a VirtualService of a plugin is called, and for whom it is. At gateways, one for sidecars is none. */
function identityOf({ services, hosts }: Owner, gateway: string): Json {
  const name = services.map(({ resource }) => resource.name).join("+");
  return { name, namespace: services[0]?.namespace, hosts, ...(gateway === MESH && { gateways: [MESH] }) };
}
