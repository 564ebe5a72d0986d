/** What a join may say, by a plain list of all requests that came: for specifications that compare it with that. */

/** A request that came with a key. */
class Came {
  constructor(
    public key: string,
    /** The context as `trace-contexts.ts` has it: the first 32 characters are the trace's id. */
    public context: string,
    public expires: u64,
  ) {}
}

/** What is known of a key where everything fits and nothing fails. */
class Known {
  constructor(
    public context: string,
    public expires: u64,
    /** As entries have it. */
    public state: string,
  ) {}
}

export class PlainJoin {
  private all: Came[] = [];
  private known: Map<string, Known> = new Map();

  /** A request came with a key at a time. */
  came(key: string, context: string, now: u64, expires: u64): void {
    this.all.push(new Came(key, context, expires));
    let state = "single";
    let until = expires;
    if (this.known.has(key)) {
      const before = this.known.get(key);
      if (before.expires > now) {
        const same = before.context.substring(0, 32) == context.substring(0, 32) && before.state != "torn";
        state = same ? "repeated" : "torn";
        until = max(until, before.expires);
      }
    }
    this.known.set(key, new Known(context, until, state));
  }

  /** What must be found where everything fits: `<context> <state>`, or "none". */
  exactly(key: string, now: u64): string {
    if (!this.known.has(key)) return "none";
    const known = this.known.get(key);
    return known.expires > now ? known.context + " " + known.state : "none";
  }

  /**
   * Whether a context may be found: it came with the key, and all requests with the key that count are of its trace. The last one's alone
   * where `last`; of requests that came at once none is.
   */
  allows(key: string, context: string, now: u64, last: bool): bool {
    const trace = context.substring(0, 32);
    let counts = 0;
    let came = false;
    for (let i = 0; i < this.all.length; i++) {
      const one = this.all[i];
      if (one.key != key) continue;
      came = one.context == context || (came && !last);
      if (one.expires <= now) continue;
      if (one.context.substring(0, 32) != trace) return false;
      counts++;
    }
    return came && counts > 0;
  }
}
