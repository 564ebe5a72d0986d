import type { JsonObject } from "../../support/envoy/index.ts";
import type { Numbered } from "./numbered.ts";

/** The configurations of one plugin in the order in which they are pushed, and which of them may judge a request. */
export class Sequence {
  private readonly pushed: { label: string; refused: boolean }[] = [];
  private numbers = 0;
  private first = 0;

  /** @param name begins each label; @param rules how many each configuration has */
  constructor(
    private readonly name: string,
    private readonly numbered: Numbered,
    private readonly rules: number,
  ) {}

  /** The configuration to push next. From here on it may be in force. */
  next(): JsonObject {
    return this.again(`${this.name}-${this.numbers++}`);
  }

  /** The same with a label that was there before. */
  again(label: string): JsonObject {
    this.pushed.push({ label, refused: false });
    return this.numbered.configuration(label, this.rules);
  }

  /** A configuration like the next, but for one field that nobody knows; it must never be in force. */
  refused(): JsonObject {
    const label = `${this.name}-${this.numbers++}`;
    this.pushed.push({ label, refused: true });
    return { ...this.numbered.configuration(label, this.rules), [`unknown${label}`]: 1 };
  }

  /** The last one that was not refused is in force on all workers. */
  inForce(): void {
    this.first = this.last;
  }

  /** Where in the order the one is that is in force for certain: for `possible`, from before a request is sent. */
  get position(): number {
    return this.first;
  }

  /** The label of that one. */
  get certain(): string {
    return this.pushed[this.first]!.label;
  }

  /** The label of the last one that was not refused. */
  get latest(): string {
    return this.pushed[this.last]!.label;
  }

  /** Where in the order the last one is that was not refused, in force or not yet. */
  get last(): number {
    return this.pushed.findLastIndex(({ refused }) => !refused);
  }

  /** The labels of all that may have judged a request that was sent at a position and is answered now. */
  possible(position: number): string[] {
    const since = this.pushed.slice(position);
    return since.filter(({ refused }) => !refused).map(({ label }) => label);
  }
}
