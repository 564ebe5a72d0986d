import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { Failure } from "../failure.ts";
import { refused, reviewOf } from "./answer.ts";
import { readBody, Refused } from "./body.ts";
import { readCertificate, watchCertificate, type CertificateFiles, type Watch } from "./certificate-files.ts";
import { REVIEW_PATH } from "./installation.ts";
import { log } from "./log.ts";
import type { About } from "./messages.ts";
import { Metrics, type Verdict } from "./metrics.ts";
import type { Outcome } from "./reviewer.ts";
import { Busy, Reviewers, type ReviewersOptions } from "./reviewers.ts";

/** How the server runs. */
export interface ServerOptions {
  readonly files: CertificateFiles;
  /** All addresses if undefined. */
  readonly host: string | undefined;
  /** 0 for any that is free. */
  readonly port: number;
  readonly reviewers: Omit<ReviewersOptions, "onEnd">;
  /** The largest body that is read, in bytes. */
  readonly mostBytes: number;
  /** How long a client may take to send a request, in milliseconds. */
  readonly requestTime: number;
  /** How often the certificate's files are looked at, in milliseconds. */
  readonly lookEvery: number;
}

/** How many connections there may be, and how many bodies are read or wait at once. */
const MAX_CONNECTIONS = 256;
const MAX_REQUESTS = 32;

const TEXT = "text/plain; charset=utf-8";

/** The webhook's server. It keeps nothing between two requests. */
export class AdmissionServer {
  private requests = 0;
  private draining = false;
  /** What there is beside reviews, by path. */
  private readonly pages: Readonly<Record<string, (response: ServerResponse) => Promise<void> | void>> = {
    "/healthz": (response) => send(response, 200, TEXT, "ok\n"),
    "/readyz": (response) => {
      const why = this.draining ? "it is about to end" : this.reviewers.isReady ? undefined : "no thread reviews";
      send(response, why === undefined ? 200 : 503, TEXT, `${why ?? "ok"}\n`);
    },
    "/metrics": async (response) => {
      const { type, text } = await this.metrics.page();
      send(response, 200, type, text);
    },
  };

  private constructor(
    private readonly options: ServerOptions,
    private readonly server: Server,
    private readonly reviewers: Reviewers,
    private readonly metrics: Metrics,
    private readonly watch: Watch,
  ) {
    server.on("request", (request, response) => void this.answer(request, response));
  }

  /**
   * Starts the threads that review, and then listens.
   *
   * @throws Failure if the certificate cannot be used, or the port not be had
   */
  static async start(options: ServerOptions): Promise<AdmissionServer> {
    const used = readCertificate(options.files);
    const metrics = new Metrics();
    const reviewers = await Reviewers.start({
      ...options.reviewers,
      onEnd: ({ why, message }) => {
        metrics.threadEnded(why);
        log(why === "failure" ? "error" : "warning", `a thread that reviews has ended: ${message || why}`);
      },
    });
    metrics.observe(() => reviewers.count);
    metrics.certificateLoaded(used.expiry);
    const server = createServer({
      cert: used.cert,
      key: used.key,
      minVersion: "TLSv1.2",
      handshakeTimeout: options.requestTime,
      headersTimeout: options.requestTime,
      requestTimeout: options.requestTime,
      // Timeouts are looked after so often; Node's 30 s would add to each.
      connectionsCheckingInterval: Math.min(1000, options.requestTime),
    });
    server.maxConnections = MAX_CONNECTIONS;
    const watch = watchCertificate(options.files, used, options.lookEvery, (now) => {
      metrics.certificateReloaded(now instanceof Failure ? "refused" : "used");
      if (now instanceof Failure) return log("error", `the earlier certificate stays in use: ${now.message}`);
      server.setSecureContext({ cert: now.cert, key: now.key });
      metrics.certificateLoaded(now.expiry);
      log("info", "the certificate was loaded anew", { expires: now.expiry.toISOString() });
    });
    const address = options.host ?? "*";
    const admission = new AdmissionServer(options, server, reviewers, metrics, watch);
    try {
      server.listen(options.port, options.host);
      await once(server, "listening");
    } catch (error) {
      await admission.stop();
      throw new Failure(`cannot listen on ${address}:${options.port}: ${(error as Error).message}`);
    }
    log("info", `listening on https://${address}:${admission.port}`, {
      certificateExpires: used.expiry.toISOString(),
    });
    return admission;
  }

  /** The port that it listens on. */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Looks at the certificate's files now. */
  reload(): void {
    this.watch.look();
  }

  /** Tells /readyz that it will end. Reviews go on, each as the last one of its connection. */
  drain(): void {
    this.draining = true;
  }

  /** Takes no more connections, and ends when the last request is answered, or has had the time that it may take. */
  async stop(): Promise<void> {
    this.drain();
    this.watch.stop();
    const closed = this.server.listening ? once(this.server, "close") : undefined;
    this.server.close();
    this.server.closeIdleConnections();
    const { requestTime, reviewers } = this.options;
    // A server that is closed looks after timeouts no more.
    const last = requestTime + reviewers.patience + reviewers.deadline;
    const timer = setTimeout(() => this.server.closeAllConnections(), last);
    await closed;
    clearTimeout(timer);
    await this.reviewers.stop();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whatever ends a connection early is the client's affair.
    response.on("error", () => {});
    if (this.draining) response.setHeader("connection", "close");
    const path = (request.url ?? "").replace(/\?.*$/, "");
    try {
      if (path === REVIEW_PATH) return await this.review(request, response);
      const page = this.pages[path];
      if (page === undefined)
        throw new Refused(404, `no such page: there are ${[REVIEW_PATH, ...Object.keys(this.pages)].join(", ")}`);
      if (request.method !== "GET" && request.method !== "HEAD") throw notAllowed(response, "GET, HEAD");
      return await page(response);
    } catch (error) {
      if (!(error instanceof Refused)) {
        // Only a body that broke off comes here; nobody is there to be answered.
        response.destroy();
        return;
      }
      // What is left of the body is not read.
      if (!request.complete) response.setHeader("connection", "close");
      send(response, error.status, TEXT, `${error.message}\n`);
    }
  }

  private async review(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") throw notAllowed(response, "POST");
    const from = performance.now();
    const tell = (kind: string, verdict: Verdict): void => {
      this.metrics.reviewed(kind, verdict, performance.now() - from);
    };
    if (this.requests >= MAX_REQUESTS) {
      tell("", "busy");
      throw new Refused(503, `${MAX_REQUESTS} requests are under way already: ask again`);
    }
    this.requests++;
    try {
      const body = await readBody(request, this.options.mostBytes);
      const outcome = await this.reviewers.review(body);
      tell("about" in outcome ? (outcome.about?.kind ?? "") : "", verdictOf(outcome));
      send(response, 200, "application/json", this.bodyOf(outcome));
    } catch (error) {
      if (error instanceof Busy) {
        tell("", "busy");
        throw new Refused(503, error.message);
      }
      if (error instanceof Refused && error.status < 500) tell("", "malformed");
      throw error;
    } finally {
      this.requests--;
    }
  }

  /**
   * The AdmissionReview that answers.
   *
   * @throws Refused if there is no uid to answer to, or the review itself failed: then `failurePolicy` decides
   */
  private bodyOf(outcome: Outcome): string {
    switch (outcome.type) {
      case "reviewed": {
        const { about, allowed, message } = outcome;
        if (!allowed) log("info", "refused", { ...fieldsOf(about), why: message });
        return outcome.body;
      }
      case "malformed":
        throw new Refused(400, outcome.message);
      case "exceeded": {
        const message = this.exceeded(outcome.bound);
        log("warning", message, fieldsOf(outcome.about));
        if (outcome.about === undefined) throw new Refused(400, message);
        return reviewOf(refused(outcome.about.uid, message));
      }
      case "failed":
        log("error", `a review failed: ${outcome.message}`, fieldsOf(outcome.about));
        throw new Refused(500, "the review failed, for a reason that is in the log");
    }
  }

  private exceeded(bound: "deadline" | "memory"): string {
    const { deadline, memory } = this.options.reviewers;
    const what = bound === "deadline" ? `takes longer than ${deadline} ms` : `takes more memory than ${memory} MiB`;
    return `to check this object ${what}: make its pluginConfig smaller, or try it with signalbox validate`;
  }
}

function verdictOf(outcome: Outcome): Verdict {
  if (outcome.type !== "reviewed") return outcome.type;
  return outcome.allowed ? "allowed" : "refused";
}

function fieldsOf(about: About | undefined): Record<string, string> {
  if (about === undefined) return {};
  const { uid, operation, kind, namespace, name, user } = about;
  return { uid, operation, kind, namespace, name, user };
}

function notAllowed(response: ServerResponse, allow: string): Refused {
  response.setHeader("allow", allow);
  return new Refused(405, `the method here is ${allow}`);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) });
  response.end(body);
}
