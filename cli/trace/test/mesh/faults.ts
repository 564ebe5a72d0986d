/** A mesh for each finding: what is wrong with it, at whom, and what the doctor has to say of it. */
import type { Random } from "../../../../test/oracle/random.ts";
import type { Id } from "../../doctor/finding.ts";
import { pod, spanName, type Mesh, type Service } from "./mesh.ts";

/** A fault that a service can have. */
export interface Fault {
  /** What the doctor must find. */
  readonly id: Id;
  /** In which way, where there are several. */
  readonly way: string;
  /** Which services can have it. */
  readonly fits: (service: Service, mesh: Mesh) => boolean;
  /** Puts it in, and gives the name of the service that must be named. */
  readonly put: (service: Service, mesh: Mesh, random: Random) => string;
  /** Findings that this fault brings with it, at any service. */
  readonly also?: readonly Id[];
  /** Whether it is seen in 1 % of the traces as well. */
  readonly isSeenAtOnePercent?: boolean;
  /** Whether it is seen, and nothing else, with 1 % of the spans lost and clocks that differ too. */
  readonly isSeenAlways?: boolean;
  /** So many times as many requests as usual are needed. */
  readonly times?: number;
}

const calls = (service: Service): boolean => service.kind === "sidecar" && service.calls.length > 0;
const callsSidecar = (service: Service, mesh: Mesh): boolean =>
  calls(service) && service.calls.some(({ to }) => mesh.services.get(to)?.kind === "sidecar");
const isSidecar = ({ kind }: Service): boolean => kind === "sidecar";
const isGateway = ({ kind }: Service): boolean => kind === "gateway";

function set(more: Partial<Service>): Fault["put"] {
  return (service) => {
    Object.assign(service, { own: undefined, ...more });
    return spanName(service);
  };
}

/** All faults; those that are no fault are `NOTES`. */
export const FAULTS: readonly Fault[] = [
  {
    id: "drops-context",
    way: "passes on x-request-id alone",
    fits: calls,
    isSeenAlways: true,
    put: set({ passes: "x-request-id" }),
    isSeenAtOnePercent: true,
  },
  { id: "drops-context", way: "passes on nothing", fits: calls, isSeenAlways: true, put: set({ passes: "nothing" }) },
  {
    id: "drops-sometimes",
    way: "one of its calls passes on x-request-id alone",
    fits: (service) => calls(service) && service.calls.length > 1,
    isSeenAlways: true,
    put(service, _, random) {
      random.pick(service.calls).passes = "x-request-id";
      return spanName(service);
    },
    isSeenAtOnePercent: true,
  },
  {
    id: "sibling",
    way: "passes on what came before the sidecar",
    fits: calls,
    isSeenAlways: true,
    put: set({ passes: "from before the sidecar" }),
    isSeenAtOnePercent: true,
  },
  {
    id: "orphan",
    way: "its application makes spans that are reported nowhere",
    fits: calls,
    put: set({ own: { reported: false, understands: true } }),
    isSeenAtOnePercent: true,
  },
  {
    id: "orphan",
    way: "its proxy's reports are lost",
    fits: callsSidecar,
    put: set({ reports: "neither" }),
    also: ["hop-missing", "orphan"],
    isSeenAtOnePercent: true,
  },
  {
    id: "hop-missing",
    way: "its proxy reports nothing",
    fits: (service) => isSidecar(service) && service.calls.length === 0,
    put: set({ reports: "neither" }),
    also: ["orphan"],
    isSeenAtOnePercent: true,
  },
  {
    id: "hop-missing",
    way: "its port is not named http",
    fits: isSidecar,
    put: set({ portNamed: false }),
    isSeenAtOnePercent: true,
  },
  {
    id: "split-id",
    way: "cuts trace ids to 64 bits",
    fits: calls,
    isSeenAlways: true,
    put: set({ passes: "half of the trace id" }),
    isSeenAtOnePercent: true,
  },
  {
    id: "two-formats",
    way: "its application writes headers that its proxy does not read",
    fits: calls,
    put: set({ own: { reported: true, understands: false } }),
  },
  {
    id: "sampling-torn",
    way: "sends sampled=0 on, and a hop below it fails",
    fits: (service, mesh) => mesh.tracer === "signalbox" && callsSidecar(service, mesh),
    put(service, mesh) {
      service.passes = "sampled=0";
      mesh.keep = true;
      for (const { to } of service.calls) (mesh.services.get(to) as Service).failing = 60;
      service.own = undefined;
      return spanName(service);
    },
    also: ["unexpected-kept"],
  },
  {
    id: "sampling-torn",
    way: "its proxy samples anew",
    fits: isSidecar,
    put: set({ samplesAnew: 40 }),
    times: 3,
  },
  {
    id: "duplicate-id",
    way: "tries twice with one span id",
    fits: calls,
    put: set({ retriesWithOneId: true }),
    isSeenAtOnePercent: true,
  },
  {
    id: "shared-id",
    way: "shares the caller's span id",
    fits: isSidecar,
    isSeenAlways: true,
    put: set({ sharesIds: true }),
    isSeenAtOnePercent: true,
  },
  {
    id: "merged",
    way: "clients send the same ids again",
    fits: isGateway,
    put(service, mesh) {
      mesh.clientReusesIds = true;
      return spanName(service);
    },
  },
  {
    id: "skew",
    way: "a clock differs",
    fits: isSidecar,
    put(service, _, random) {
      const skew = random.pick([250_000, -250_000, 40_000, -1_500_000]);
      for (const one of service.pods) one.skew = skew;
      return spanName(service);
    },
    isSeenAtOnePercent: true,
  },
  {
    id: "gateway-shape",
    way: "no SERVER span",
    fits: isGateway,
    isSeenAlways: true,
    put: set({ shape: "client" }),
    isSeenAtOnePercent: true,
  },
  { id: "gateway-shape", way: "now this, now that", fits: isGateway, put: set({ shape: "mixed" }) },
  {
    id: "names",
    way: "a replica has another name",
    fits: isSidecar,
    put(service) {
      const other = pod(service.name, service.namespace, 9);
      other.spanService = `${service.name}-v2`;
      service.pods.push(other);
      return other.spanService;
    },
    isSeenAtOnePercent: true,
  },
  {
    id: "noise",
    way: "health checks",
    fits: isSidecar,
    put(service, mesh) {
      mesh.probes = 4;
      for (const one of mesh.services.values()) one.jobs.length = 0;
      mesh.probed = service.name;
      return spanName(service);
    },
  },
  {
    id: "cardinality",
    way: "names have paths with ids",
    fits: isSidecar,
    times: 10,
    put: set({ namesHavePaths: true }),
  },
];
