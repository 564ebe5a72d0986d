/** Times at which something is due, one every `interval`, whatever became of what was due before. All in milliseconds of one clock. */
export class Schedule {
  private given = 0;

  /** @param start when the first one is due */
  constructor(
    private readonly start: number,
    private readonly interval: number,
  ) {}

  /** Those that are due by now and were not given before, oldest first. */
  dueBy(now: number): number[] {
    const due: number[] = [];
    for (let next = this.next; next <= now; next = this.next) {
      due.push(next);
      this.given += 1;
    }
    return due;
  }

  private get next(): number {
    return this.start + this.given * this.interval;
  }
}

/**
 * Requests of a connection that takes one after another. One that is due while another is on its way waits for its turn, and its wait
 * counts from when it was due: otherwise a stall would count once, and not for each request that a user would have sent meanwhile.
 */
export class Turns {
  /** When those were due that are not answered, oldest first. The first one is sent. */
  private readonly due: number[] = [];

  /** @param send sends one request */
  constructor(private readonly send: () => void) {}

  /** A request that is due, or was at some time before. */
  add(due: number): void {
    this.due.push(due);
    if (this.due.length === 1) this.send();
  }

  /**
   * The answer to the request that was sent: how long it waited.
   *
   * @throws Error if no request was sent
   */
  answered(now: number): number {
    const due = this.due.shift();
    if (due === undefined) throw new Error("an answer to no request");
    if (this.due.length > 0) this.send();
    return now - due;
  }

  /** How long those wait by now that are not answered. */
  waiting(now: number): number[] {
    return this.due.map((due) => now - due);
  }
}
