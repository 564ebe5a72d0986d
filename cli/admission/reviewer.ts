import { Worker } from "node:worker_threads";
import type { About, Report, ReviewerData } from "./messages.ts";

/** What a thread may take. */
export interface Bounds {
  /** For one review, in milliseconds. */
  readonly deadline: number;
  /** For objects of JavaScript, in MiB. A filter's own memory is bounded by what it takes of a configuration. */
  readonly memory: number;
}

/** What became of a request. */
export type Outcome =
  | {
      readonly type: "reviewed";
      readonly body: string;
      readonly allowed: boolean;
      readonly message: string;
      readonly about: About;
    }
  | { readonly type: "malformed"; readonly message: string }
  /** It took too long or too much memory; `about` is undefined if not even its uid was read by then. */
  | { readonly type: "exceeded"; readonly bound: "deadline" | "memory"; readonly about: About | undefined }
  | { readonly type: "failed"; readonly message: string; readonly about: About | undefined };

/** Why a thread has ended. */
export interface End {
  readonly why: "deadline" | "memory" | "failure";
  /** Of a failure. */
  readonly message: string;
}

interface Job {
  readonly done: (outcome: Outcome) => void;
  readonly timer: NodeJS.Timeout;
  about: About | undefined;
}

/** A thread that reviews one request at a time, from its start until it exceeds a bound, fails or is stopped. */
export class Reviewer {
  /** Settles once it has started; rejects if it does not. */
  readonly ready: Promise<void>;
  /** Settles when the thread has ended, for whatever reason. */
  readonly ended: Promise<End>;
  /** Whether it takes no more requests. */
  isOver = false;
  private readonly worker: Worker;
  private job: Job | undefined;
  private tooLate = false;
  /** Why it ended, where that was an error of its own. */
  private error: NodeJS.ErrnoException | undefined;

  constructor(
    program: URL,
    data: ReviewerData,
    private readonly bounds: Bounds,
  ) {
    // Options of this process, such as a debugger's port, are not the thread's.
    this.worker = new Worker(program, {
      workerData: data,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: bounds.memory },
    });
    this.worker.on("error", (error: Error) => (this.error = error));
    this.ended = new Promise((resolve) => {
      this.worker.once("exit", () => {
        this.isOver = true;
        const end = this.end();
        const about = this.job?.about;
        const { why, message } = end;
        this.finish(why === "failure" ? { type: "failed", message, about } : { type: "exceeded", bound: why, about });
        resolve(end);
      });
    });
    this.ready = new Promise((resolve, reject) => {
      this.worker.on("message", (report: Report) => (report.type === "ready" ? resolve() : this.hear(report)));
      this.worker.once("exit", () => reject(this.error ?? new Error("the thread ended")));
    });
    // Whoever waits for it hears of it all the same.
    this.ready.catch(() => {});
  }

  /** Reviews a body, which is the thread's from then on. Give it no other before this one is done. */
  async review(body: Uint8Array<ArrayBuffer>): Promise<Outcome> {
    return await new Promise((done) => {
      const timer = setTimeout(() => this.exceed(), this.bounds.deadline);
      this.job = { done, timer, about: undefined };
      this.worker.postMessage({ body }, [body.buffer]);
    });
  }

  /** Ends the thread, whatever it does. */
  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private hear(report: Report): void {
    const { job } = this;
    if (job === undefined || report.type === "ready") return;
    if (report.type === "begun") job.about = report.about;
    else if (report.type === "reviewed" && job.about !== undefined) this.finish({ ...report, about: job.about });
    else if (report.type === "malformed") this.finish(report);
    else if (report.type === "failed") this.finish({ ...report, about: job.about });
  }

  private exceed(): void {
    this.isOver = this.tooLate = true;
    this.finish({ type: "exceeded", bound: "deadline", about: this.job?.about });
    void this.stop();
  }

  private end(): End {
    if (this.tooLate) return { why: "deadline", message: "" };
    if (this.error?.code === "ERR_WORKER_OUT_OF_MEMORY") return { why: "memory", message: "" };
    return { why: "failure", message: this.error?.message ?? "the thread ended" };
  }

  private finish(outcome: Outcome): void {
    if (this.job === undefined) return;
    const { done, timer } = this.job;
    this.job = undefined;
    clearTimeout(timer);
    done(outcome);
  }
}
