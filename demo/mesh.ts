import { randomInt } from "node:crypto";
import { ADDRESS, freeFrom } from "../envoy/ports.ts";
import { SERVICE_NAMES, SERVICES, SERVICE_PORT, type ServiceName } from "./bookinfo.ts";
import type { Place } from "./services/call.ts";

/** A proxy with the service that it stands before, or the gateway, which stands before none. */
export interface Pod {
  readonly name: ServiceName | typeof GATEWAY;
  /** How others reach it: a name or an address. */
  readonly host: string;
  /** The address that its listeners for others are on. */
  readonly bound: string;
  /** The address of its proxy's admin page, and how others reach that. */
  readonly admin: string;
  readonly adminHost: string;
  /** The address that the service and its proxy know each other by. */
  readonly inside: string;
  /** Of `inside`. */
  readonly ports: PodPorts;
}

/** Ports of a pod, as Istio has them where they are free. */
export interface PodPorts {
  /** The service's own. */
  readonly service: number;
  /** The proxy's listener for requests from others; a gateway's for those from outside. */
  readonly inbound: number;
  /** The proxy's listener for the service's own calls. */
  readonly outbound: number;
  readonly admin: number;
}

/** All pods, and where their spans go. */
export interface Mesh {
  readonly pods: readonly Pod[];
  readonly collector: Collector;
}

/** What a collector takes: OTLP by HTTP, or Zipkin's JSON. */
export type Protocol = "otlp" | "zipkin";

export interface Collector extends Place {
  readonly protocol: Protocol;
}

export const GATEWAY = "istio-ingressgateway";

const PORTS: PodPorts = { service: SERVICE_PORT, inbound: 15_006, outbound: 15_001, admin: 15_000 };

/** On this machine: an address of the loopback network for each pod, apart from those of another demonstration. */
export async function localPods(gatewayPort: number): Promise<Pod[]> {
  const network = `127.${randomInt(1, 255)}.${randomInt(0, 256)}`;
  // Somebody who listens on all addresses has the port of each.
  const free = async (port: number): Promise<number> => await freeFrom(port, undefined, () => {}, `${network}.1`);
  const ports: PodPorts = {
    service: await free(PORTS.service),
    inbound: await free(PORTS.inbound),
    outbound: await free(PORTS.outbound),
    // Apart from the others, which may have gone up.
    admin: await free(PORTS.admin - 100),
  };
  return podsOf((name, at) => {
    const address = `${network}.${at + 1}`;
    const own = { host: address, bound: address, inside: address, admin: address, adminHost: address, ports };
    return name === GATEWAY
      ? { ...own, host: ADDRESS, bound: ADDRESS, ports: { ...ports, inbound: gatewayPort } }
      : own;
  });
}

/** In containers: a name for each pod, whose service and proxy share one loopback network. */
export function containerPods(): Pod[] {
  return podsOf((name) => ({
    host: name,
    bound: "0.0.0.0",
    inside: "127.0.0.1",
    admin: "0.0.0.0",
    adminHost: name,
    ports: PORTS,
  }));
}

function podsOf(placed: (name: Pod["name"], at: number) => Omit<Pod, "name">): Pod[] {
  return [GATEWAY, ...SERVICE_NAMES].map((name, at) => ({ name, ...placed(name as Pod["name"], at) }) as Pod);
}

/** Whom a pod calls: a gateway those that are asked for from outside. */
export function calledBy(name: Pod["name"]): readonly ServiceName[] {
  if (name === GATEWAY) return ["productpage", "ratings"];
  return SERVICES.find((service) => service.name === name)?.calls ?? [];
}

/** @throws Error if there is none of this name */
export function podNamed(pods: readonly Pod[], name: Pod["name"]): Pod {
  const pod = pods.find((one) => one.name === name);
  if (pod === undefined) throw new Error(`no pod ${name}`);
  return pod;
}
