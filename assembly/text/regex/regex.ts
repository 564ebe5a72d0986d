import { Region } from "../../memory/region";
import { Text } from "../text";
import { ByteClasses } from "./byte-classes";
import { Before, END, behind } from "./place";
import { Prefix } from "./prefix";
import { Program } from "./program";
import { requiredRun } from "./required-run";
import { DEAD, States, UNKNOWN } from "./states";
import { Step } from "./step";

/** The number of any state that is not `DEAD`, where a text that ends matches. */
const ACCEPTED: u32 = 2;

/**
 * A compiled pattern that texts are matched against whole.
 *
 * Matching takes time linear in the text for every pattern, and no memory: a known state costs a table look-up for a
 * byte, an unknown one a step through the program (`looks` counts those).
 */
@unmanaged
export class Regex {
  private program: Program;
  private prefix: Prefix;
  /** Bytes in a row that stand somewhere in every match, as many as there are; possibly none. */
  required: Text;
  private classes: ByteClasses;
  private states: States;
  private step: Step;

  /** The state behind the prefix, and the generation of states that it is of. */
  private entry: u32;
  private entryGeneration: u32;

  /** Makes what matches a program, in `region`; nothing of it lies in `scratch`. */
  static of(program: Program, region: Region, scratch: Region): Regex {
    const regex = changetype<Regex>(region.take(offsetof<Regex>()));
    regex.program = program;
    regex.prefix = Prefix.of(program, region, scratch);
    regex.required = requiredRun(program, region, scratch);
    if (regex.prefix.isAll) return regex;
    regex.classes = ByteClasses.divide(program, region, scratch);
    regex.states = States.take(program, regex.classes, region);
    regex.step = Step.over(program, region);
    return regex;
  }

  /** The bytes that every match begins with, in this very case; possibly none. */
  get literalPrefix(): Text {
    return this.prefix.text;
  }

  /** Whether the pattern matches `literalPrefix` and nothing else. */
  get isLiteral(): bool {
    return this.prefix.isAll;
  }

  /** How many instructions were looked at since it was made: at most its size for each byte that was matched. */
  get looks(): u64 {
    return this.prefix.isAll ? 0 : this.step.looks;
  }

  /** How many instructions it is made of. */
  get size(): u32 {
    return this.program.length;
  }

  /** Whether the `length` bytes at `start` match, all of them. */
  matches(start: usize, length: u32): bool {
    const prefix = this.prefix.text;
    if (length < prefix.length || !prefix.is(start, prefix.length)) return false;
    if (this.prefix.isAll) return length == prefix.length;
    const states = this.states;
    const classes = this.classes.of;
    const room = states.room;
    const end = start + length;
    let state = this.begin();
    for (let at = start + prefix.length; at < end; at++) {
      const byte: u32 = load<u8>(at);
      let next = states.transition(state, load<u8>(classes + byte));
      if (next <= DEAD) {
        if (next == UNKNOWN) next = this.follow(state, byte);
        if (next == DEAD) return false;
      }
      state = room + ((<usize>next) << 2);
    }
    return this.accepts(state);
  }

  /** The state that a text begins in, behind the prefix. */
  private begin(): usize {
    if (this.entry == 0 || this.entryGeneration != this.states.generation) {
      const prefix = this.prefix.text;
      const before =
        prefix.length == 0 ? Before.Nothing : behind(load<u8>(prefix.start + prefix.length - 1), this.program);
      this.step.reach(this.prefix.next);
      this.entry = this.states.find(this.step, before);
      this.entryGeneration = this.states.generation;
    }
    return this.states.at(this.entry);
  }

  /** Finds the state behind `byte`, and notes it unless finding it has made the state before it void. */
  private follow(state: usize, byte: u32): u32 {
    const states = this.states;
    const generation = states.generation;
    states.step(state, this.step, byte);
    const next = states.find(this.step, behind(byte, this.program));
    if (states.generation == generation) states.setTransition(state, load<u8>(this.classes.of + byte), next);
    return next;
  }

  /** Whether a text that ends in this state matches. */
  private accepts(state: usize): bool {
    const column = this.classes.count;
    let answer = this.states.transition(state, column);
    if (answer == UNKNOWN) {
      this.states.step(state, this.step, END);
      answer = this.step.matched ? ACCEPTED : DEAD;
      this.states.setTransition(state, column, answer);
    }
    return answer != DEAD;
  }
}
