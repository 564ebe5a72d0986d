import prometheus from "prom-client";

/** What became of a request: allowed or refused by review, or why it could not be reviewed. */
export type Verdict = "allowed" | "refused" | "malformed" | "exceeded" | "failed" | "busy";

/** Kinds that a label may have; a request can name any. */
const KINDS = ["WasmPlugin", "TrafficExtension"];

const PREFIX = "signalbox_admission_";

/** The server's metrics, in a registry of their own. */
export class Metrics {
  private readonly registry = new prometheus.Registry();
  private readonly reviews = new prometheus.Counter({
    name: `${PREFIX}reviews_total`,
    help: "Requests for a review, by the object's kind and by what became of them.",
    labelNames: ["kind", "verdict"],
    registers: [this.registry],
  });
  private readonly seconds = new prometheus.Histogram({
    name: `${PREFIX}review_seconds`,
    help: "How long a review took, its wait for a thread included.",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  private readonly threads = new prometheus.Counter({
    name: `${PREFIX}threads_ended_total`,
    help: "Threads that ended and were replaced, by why: a review exceeded its deadline or memory, or a failure.",
    labelNames: ["why"],
    registers: [this.registry],
  });
  private readonly expiry = new prometheus.Gauge({
    name: `${PREFIX}certificate_expiry_timestamp_seconds`,
    help: "When the certificate in use expires, in seconds since 1970.",
    registers: [this.registry],
  });
  private readonly reloads = new prometheus.Counter({
    name: `${PREFIX}certificate_reloads_total`,
    help: "How often the certificate's files had changed, by whether they could be used.",
    labelNames: ["outcome"],
    registers: [this.registry],
  });

  constructor() {
    prometheus.collectDefaultMetrics({ register: this.registry });
    // A rate needs the zero before the first one.
    for (const why of ["deadline", "memory", "failure"]) this.threads.inc({ why }, 0);
  }

  /** @param count gives how many reviews wait for a thread, and how many run, whenever somebody asks for the metrics */
  observe(count: () => { waiting: number; running: number }): void {
    const reviews = new prometheus.Gauge({
      name: `${PREFIX}reviews`,
      help: "Reviews that run, and those that wait for a thread.",
      labelNames: ["state"],
      registers: [this.registry],
      collect() {
        for (const [state, number] of Object.entries(count())) reviews.set({ state }, number);
      },
    });
  }

  reviewed(kind: string, verdict: Verdict, milliseconds: number): void {
    this.reviews.inc({ kind: KINDS.includes(kind) ? kind : "other", verdict });
    this.seconds.observe(milliseconds / 1000);
  }

  threadEnded(why: string): void {
    this.threads.inc({ why });
  }

  certificateLoaded(expiry: Date): void {
    this.expiry.set(expiry.getTime() / 1000);
  }

  certificateReloaded(outcome: "used" | "refused"): void {
    this.reloads.inc({ outcome });
  }

  /** The metrics as Prometheus reads them, and the type of that. */
  async page(): Promise<{ type: string; text: string }> {
    return { type: this.registry.contentType, text: await this.registry.metrics() };
  }
}
