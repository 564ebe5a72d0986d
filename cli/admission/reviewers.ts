import { Reviewer, type Bounds, type End, type Outcome } from "./reviewer.ts";
import type { ReviewerData } from "./messages.ts";

/** How the threads are run. */
export interface ReviewersOptions extends Bounds {
  /** What a thread runs. */
  readonly program: URL;
  readonly data: ReviewerData;
  /** How many threads there are. */
  readonly threads: number;
  /** How many requests may wait for a thread, and for how long in milliseconds. */
  readonly waiting: number;
  readonly patience: number;
  /** Hears why a thread has ended that reviewed, or was to. */
  readonly onEnd: (end: End) => void;
}

/** No thread is free, and as many requests wait already as may, or this one has waited too long. */
export class Busy extends Error {}

/** How long it takes until a thread that could not start is started again, in milliseconds. */
const PAUSE = 1000;

/** The threads that review. One that ends is replaced. */
export class Reviewers {
  private readonly free: Reviewer[] = [];
  private readonly queue: ((reviewer: Reviewer) => void)[] = [];
  private readonly all = new Set<Reviewer>();
  /** Those of them that have started, and are not over. */
  private readonly able = new Set<Reviewer>();
  private stopped = false;

  private constructor(private readonly options: ReviewersOptions) {}

  /**
   * Starts all threads, and waits until each can review.
   *
   * @throws Error with the reason if one cannot
   */
  static async start(options: ReviewersOptions): Promise<Reviewers> {
    const reviewers = new Reviewers(options);
    const first = Array.from({ length: options.threads }, () => reviewers.add());
    try {
      await Promise.all(first.map(({ ready }) => ready));
    } catch (error) {
      await reviewers.stop();
      throw error;
    }
    for (const reviewer of first) void reviewers.keep(reviewer);
    return reviewers;
  }

  /** Whether a thread is there that reviews, or will as soon as it has done what it does. */
  get isReady(): boolean {
    return !this.stopped && this.able.size > 0;
  }

  /** How many requests wait for a thread, and how many are reviewed. */
  get count(): { waiting: number; running: number } {
    return { waiting: this.queue.length, running: this.able.size - this.free.length };
  }

  /**
   * Reviews a body, which is not the caller's any more.
   *
   * @throws Busy if no thread can take it
   */
  async review(body: Uint8Array<ArrayBuffer>): Promise<Outcome> {
    const reviewer = this.free.pop() ?? (await this.next());
    const outcome = await reviewer.review(body);
    if (reviewer.isOver) this.able.delete(reviewer);
    else this.offer(reviewer);
    return outcome;
  }

  /** Ends all threads, whatever they do. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.all].map(async (reviewer) => await reviewer.stop()));
  }

  private add(): Reviewer {
    const { program, data, deadline, memory } = this.options;
    const reviewer = new Reviewer(program, data, { deadline, memory });
    this.all.add(reviewer);
    return reviewer;
  }

  /** Puts another thread in the place of one that has ended, until all are stopped. */
  private async keep(first: Reviewer): Promise<void> {
    for (let reviewer: Reviewer | undefined = first; reviewer !== undefined; reviewer = await this.another()) {
      this.offer(reviewer);
      const end = await reviewer.ended;
      this.all.delete(reviewer);
      this.able.delete(reviewer);
      const place = this.free.indexOf(reviewer);
      if (place >= 0) this.free.splice(place, 1);
      if (!this.stopped) this.options.onEnd(end);
    }
  }

  /** A thread that has started; undefined if all are stopped meanwhile. */
  private async another(): Promise<Reviewer | undefined> {
    while (!this.stopped) {
      const reviewer = this.add();
      try {
        await reviewer.ready;
        return reviewer;
      } catch (error) {
        this.all.delete(reviewer);
        if (this.stopped) break;
        this.options.onEnd({ why: "failure", message: `it cannot start: ${(error as Error).message}` });
        await new Promise((resolve) => setTimeout(resolve, PAUSE).unref());
      }
    }
    return undefined;
  }

  /** Has a thread take the request that waits longest, or wait for one. */
  private offer(reviewer: Reviewer): void {
    this.able.add(reviewer);
    const first = this.queue.shift();
    if (first === undefined) this.free.push(reviewer);
    else first(reviewer);
  }

  /** The next thread that is free. */
  private async next(): Promise<Reviewer> {
    const { waiting, patience } = this.options;
    if (this.queue.length >= waiting) throw new Busy(`${waiting} reviews wait already: ask again`);
    return await new Promise((resolve, reject) => {
      const take = (reviewer: Reviewer): void => {
        clearTimeout(timer);
        resolve(reviewer);
      };
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(take), 1);
        reject(new Busy(`no thread was free for ${patience} ms: ask again`));
      }, patience);
      this.queue.push(take);
    });
  }
}
