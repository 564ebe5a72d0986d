import type { Answer, Question, State } from "../protocol.ts";

/** How long the worker may take for an answer, in milliseconds, before it is ended. */
const LONGEST = 20_000;

/** Asks the worker, so that the page stays usable whatever is asked. */
export class Asker {
  private worker: Worker | undefined;
  private id = 0;
  private timer = 0;

  /**
   * @param program the worker's program
   * @param answered called with the answer to the newest question alone
   */
  constructor(
    private readonly program: string,
    private readonly answered: (answer: Answer) => void,
  ) {}

  /** Asks about a state. A question that is not answered yet is forgotten, and its answer is not shown. */
  ask(state: State): void {
    const id = ++this.id;
    const worker = (this.worker ??= this.start());
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.fail(id, `no answer within ${LONGEST / 1000} s`), LONGEST);
    worker.postMessage({ id, ...state } satisfies Question);
  }

  private start(): Worker {
    const address = URL.createObjectURL(new Blob([this.program], { type: "text/javascript" }));
    const worker = new Worker(address);
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.take(data));
    worker.addEventListener("error", ({ message }) => this.fail(this.id, `the playground failed: ${message}`));
    return worker;
  }

  private take(answer: Answer): void {
    if (answer.id !== this.id) return;
    clearTimeout(this.timer);
    this.answered(answer);
  }

  /** The next question gets a new worker. */
  private fail(id: number, failure: string): void {
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.worker = undefined;
    this.answered({ id, findings: [], decisions: [], failure });
  }
}
