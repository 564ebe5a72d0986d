import { until } from "./deadline.ts";

/** Envoy's admin page. */
export class Admin {
  /** @param address host and port, as Envoy writes them to its `--admin-address-path` */
  constructor(readonly address: string) {}

  /** The body that a path of the admin page answers with. Throws where the status is not 200. */
  async get(path: string, method = "GET"): Promise<string> {
    const response = await fetch(`http://${this.address}${path}`, { method });
    const body = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${body}`);
    return body;
  }

  /** Whether Envoy is ready for requests. */
  async isLive(): Promise<boolean> {
    try {
      return (await this.get("/ready")).trim() === "LIVE";
    } catch {
      return false;
    }
  }

  /** Counters, gauges and text readouts by name. Envoy makes some only when they are first used. */
  async stats(): Promise<Map<string, string>> {
    const lines = (await this.get("/stats")).split("\n");
    return new Map(
      lines.map((line) => line.split(/: (.*)/s)).map(([name = "", value = ""]) => [name, value.replace(/^"|"$/g, "")]),
    );
  }

  /** The port of each listener, by its name. */
  async ports(): Promise<Map<string, number>> {
    const { listener_statuses } = JSON.parse(await this.get("/listeners?format=json")) as {
      listener_statuses: { name: string; local_address: { socket_address: { port_value: number } } }[];
    };
    return new Map(listener_statuses.map((one) => [one.name, one.local_address.socket_address.port_value]));
  }

  /**
   * Waits until every worker has done what the main thread had asked of it before this call.
   *
   * A look at the statistics starts a flush (`stats_flush_on_admin`), which passes through the queue of each worker;
   * while one is under way the next is dropped and counted. So when a look is not counted as dropped, the flush before
   * it went all the way round. (Envoy: `InstanceBase::flushStats` in source/server/server.cc.)
   */
  async workersCaughtUp(): Promise<void> {
    const dropped = async (): Promise<string | undefined> => (await this.stats()).get("server.dropped_stat_flushes");
    // Starts a flush after this call, unless an earlier one is still under way: then the next start is after it.
    let before = await dropped();
    let passed = 0;
    await until("all workers to catch up", async () => {
      const now = await dropped();
      if (now === before) passed += 1;
      before = now;
      return passed === 2;
    });
  }
}
