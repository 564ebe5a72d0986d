/**
 * One Envoy with two listeners: behind the one each experiment has a cluster with Envoy's own outlier detection, behind the other one
 * without, and a circuit of the filter. Both clusters of an experiment go to the same upstream.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cluster,
  Envoy,
  freePort,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  typed,
  until,
  type JsonObject,
  type Listener,
} from "../../support/envoy/index.ts";
import { nativeCluster, protocol, type OutlierDetection } from "./translate.ts";
import { RETRIES, ScriptedUpstream } from "./upstream.ts";

export const SIDES = ["native", "filter"] as const;
export type Side = (typeof SIDES)[number];

/** An `outlierDetection` to be compared. */
export interface Subject {
  /** Begins the names of its clusters; its circuit has it, and its host is `<name>.test`. */
  name: string;
  policy: OutlierDetection;
  /** Fields of the filter's policy alone. */
  own?: JsonObject;
  /** How many hosts its clusters have; one where absent. */
  hosts?: number;
}

/** What a world may have beside its subjects. */
export interface Fields {
  /** Further fields of all clusters. */
  cluster?: JsonObject;
  /** Further fields of both connection managers. */
  manager?: JsonObject;
  concurrency?: number;
}

/** Fields of clusters that have no room for a second request at a time. */
export const ONE_AT_A_TIME: JsonObject = { circuit_breakers: { thresholds: [{ max_requests: 1 }] } };

/** The request header that has a fault injected after the filter. */
export const FAULT = "x-envoy-fault-abort-request";

/** So long does a request wait that has no answer. */
const PATIENCE = "0.05s";

/** Half-open has no native counterpart. */
function filterPolicy({ policy, own }: Subject): JsonObject {
  return { ...policy, permittedNumberOfCallsInHalfOpenState: 0, ...own } as JsonObject;
}

const FAULTS: JsonObject = {
  name: "envoy.filters.http.fault",
  typed_config: typed("envoy.extensions.filters.http.fault.v3.HTTPFault", {
    abort: { header_abort: {}, percentage: { numerator: 100 } },
  }),
};

/** The routes of an experiment, by what a request can meet. A request that has no answer waits for ever if the route does not say otherwise. */
function routes(to: string): JsonObject[] {
  const way = (prefix: string, route: JsonObject): JsonObject => ({
    match: { prefix: `/${prefix}` },
    route: { cluster: to, timeout: "0s", ...route },
  });
  return [
    way("plain", {}),
    way("timeout", { timeout: PATIENCE }),
    way("try", { retry_policy: { per_try_timeout: PATIENCE } }),
    way("idle", { retry_policy: { per_try_idle_timeout: PATIENCE } }),
    way("retry", { retry_policy: { retry_on: "5xx", num_retries: RETRIES } }),
    way("duration", { max_stream_duration: { max_stream_duration: PATIENCE } }),
    { match: { prefix: "/direct" }, direct_response: { status: 503 } },
  ];
}

function sideListener(side: Side, subjects: readonly Subject[], manager: JsonObject): Listener {
  const destinationRules = subjects.map((subject) => ({
    name: subject.name,
    host: `${subject.name}.test`,
    trafficPolicy: { outlierDetection: filterPolicy(subject) },
  }));
  const circuits = inlineWasm(PLUGIN, { module: "circuit-breaking", configuration: { destinationRules, exempt: [] } });
  const hosts = subjects.map(({ name }) => {
    return {
      name,
      domains: [`${name}.test`],
      routes: routes(`${side}-${name}`),
      include_request_attempt_count: true,
    } as JsonObject;
  });
  return listener(side, {
    filters: [...(side === "filter" ? [circuits] : []), FAULTS],
    virtualHosts: hosts,
    // What breaks off is closed at once; by default a second later.
    manager: {
      ...SHOWS_DETAILS,
      delayed_close_timeout: "0s",
      http_protocol_options: { enable_trailers: true },
      ...manager,
    },
  });
}

const PLUGIN = "oracle";

/** Addresses of this machine that nobody else uses: all of 127.0.0.0/8 are. */
function addressOf(index: number): string {
  return `127.77.${index >> 8}.${(index & 255) + 1}`;
}

function endpoint({ address, port }: ScriptedUpstream): JsonObject {
  return { endpoint: { address: { socket_address: { address, port_value: port } } } };
}

/** An event of Envoy's log of outlier detection, as far as it is compared. */
interface Event {
  timestamp: string;
  action: string;
  cluster_name: string;
  type: string;
  enforced: boolean;
}

export class World {
  private constructor(
    readonly envoy: Envoy,
    /** By the subject's name. Of several hosts it is the first. */
    readonly upstreams: ReadonlyMap<string, ScriptedUpstream>,
    private readonly all: readonly ScriptedUpstream[],
    private readonly folder: string,
  ) {}

  static async start(subjects: readonly Subject[], fields: Fields = {}): Promise<World> {
    const port = await freePort();
    const all: ScriptedUpstream[] = [];
    const upstreams = new Map<string, ScriptedUpstream>();
    const clusters: JsonObject[] = [];
    for (const { name, policy, hosts = 1 } of subjects) {
      const own: ScriptedUpstream[] = [];
      for (let i = 0; i < hosts; i++) own.push(await ScriptedUpstream.start(addressOf(all.length + i), port));
      all.push(...own);
      upstreams.set(name, own[0]!);
      const at = (side: Side, more: JsonObject): JsonObject =>
        cluster(`${side}-${name}`, port, {
          load_assignment: { cluster_name: `${side}-${name}`, endpoints: [{ lb_endpoints: own.map(endpoint) }] },
          ...more,
          ...fields.cluster,
        });
      clusters.push(at("native", nativeCluster(policy)), at("filter", protocol()));
    }
    const folder = mkdtempSync(join(tmpdir(), "signalbox-circuits-"));
    const log = { outlier_detection: { event_log_path: join(folder, "events.log") } };
    const envoy = await Envoy.start({
      concurrency: fields.concurrency ?? 1,
      clusters,
      listeners: SIDES.map((side) => sideListener(side, subjects, fields.manager ?? {})),
      bootstrap: { cluster_manager: log },
      logLevels: "wasm:info",
    });
    return new World(envoy, upstreams, all, folder);
  }

  /**
   * Waits until the main thread has ejected whatever it was told to eject before, and has told the workers: what they post to it goes
   * before the answer to a question that comes later.
   */
  async settled(): Promise<void> {
    await this.envoy.admin.get("/ready");
    await this.envoy.admin.get("/ready");
  }

  /** Waits until each opening that was counted is in the log of its side. */
  async logged(): Promise<void> {
    for (const side of SIDES) {
      await until(`the openings of ${side} to be logged`, async () => {
        const all = (map: Map<string, number>): number => [...map.values()].reduce((sum, count) => sum + count, 0);
        const logged = new Map([...this.reasons(side)].map(([name, { length }]) => [name, length]));
        return all(logged) >= all(await this.openings(side));
      });
    }
  }

  /** What opened each experiment's circuit, in order, by name: Envoy's words for it. */
  reasons(side: Side): Map<string, string[]> {
    const all = new Map<string, string[]>();
    const add = (name: string, reason: string): void => void all.set(name, [...(all.get(name) ?? []), reason]);
    if (side === "native") {
      for (const event of this.events()) {
        if (event.action === "EJECT" && event.enforced)
          add(event.cluster_name.replace("native-", ""), event.type.toLowerCase());
      }
    } else {
      const line = /circuit-breaking: "([^"]+)" closed -> open: (\w+)/g;
      for (const [, name, reason] of this.envoy.log().matchAll(line)) add(name!, reason!);
    }
    return all;
  }

  /** How long each opening of an experiment's circuit was, in milliseconds, natively without one that has not ended. */
  lengths(side: Side, name: string): number[] {
    if (side === "filter") {
      const line = new RegExp(`circuit-breaking: "${name}" closed -> open: .* for (\\d+)ms`, "g");
      return [...this.envoy.log().matchAll(line)].map(([, length]) => Number(length));
    }
    const events = this.events().filter(({ cluster_name: of }) => of === `native-${name}`);
    return events.flatMap(({ action, timestamp }, index) =>
      action === "UNEJECT" ? [Date.parse(timestamp) - Date.parse(events[index - 1]!.timestamp)] : [],
    );
  }

  /** How often the circuit of each experiment opened, by name. */
  async openings(side: Side): Promise<Map<string, number>> {
    const name =
      side === "native"
        ? /^cluster\.native-(.+)\.outlier_detection\.ejections_enforced_total$/
        : /^wasmcustom\.circuit_breaking\.circuit\.oracle\.(.+)\.opened$/;
    const stats = [...(await this.envoy.admin.stats())];
    return new Map(
      stats.flatMap(([key, value]): [string, number][] => {
        const [, of] = name.exec(key) ?? [];
        return of === undefined || Number(value) === 0 ? [] : [[of, Number(value)]];
      }),
    );
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    for (const upstream of this.all) upstream.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private events(): Event[] {
    const lines = readFileSync(join(this.folder, "events.log"), "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Event);
  }
}
