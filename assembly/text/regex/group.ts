import { Region } from "../../memory/region";
import { MAX_REPEAT } from "./limits";

/** Flags that hold from where they are set to the end of the group. `(?U)` is none: it cannot change a whole match. */
export const enum Flag {
  FoldCase = 1,
  MultiLine = 2,
  DotNewline = 4,
}

/** Where there is nothing to repeat. */
const NO_PIECE: i32 = -1;

/** A group that is not closed yet, the whole pattern being the outermost one, and what stands last in it. */
@unmanaged
export class Group {
  /** The group around this one; null for the whole pattern. */
  outer: Group | null;

  /** Address of the parenthesis in the pattern. */
  opened: usize;

  /** Where in the program it begins. */
  start: u32;

  /** Where its current alternative begins. */
  alternative: u32;

  /** The jumps from the ends of its alternatives so far, as `ProgramBuilder.alternative` chains them. */
  pending: u32;

  /** The flags that hold again behind it. */
  flagsBefore: u32;

  /** Where the piece begins that a repetition would be of. */
  private piece: i32;

  /** The most copies that nested counts ask of anything in that piece, and in what stands before it. */
  private copies: u32;
  private copiesBefore: u32;

  /** Opens a group within `outer`. */
  static open(scratch: Region, outer: Group | null, opened: usize, start: u32, flags: u32): Group {
    const group = changetype<Group>(scratch.take(offsetof<Group>()));
    group.outer = outer;
    group.opened = opened;
    group.start = start;
    group.alternative = start;
    group.flagsBefore = flags;
    group.piece = NO_PIECE;
    group.copies = 1;
    group.copiesBefore = 1;
    return group;
  }

  /** Notes that a new piece begins at `start`. */
  begin(start: u32, copies: u32): void {
    if (this.copies > this.copiesBefore) this.copiesBefore = this.copies;
    this.piece = start;
    this.copies = copies;
  }

  /** Notes that a new alternative begins at `start`, with nothing in it. */
  beginAlternative(start: u32): void {
    this.alternative = start;
    this.begin(0, 1);
    this.piece = NO_PIECE;
  }

  get hasPiece(): bool {
    return this.piece != NO_PIECE;
  }

  get pieceStart(): u32 {
    return <u32>this.piece;
  }

  /** The most copies that nested counts ask of anything in this group. */
  get mostCopies(): u32 {
    return this.copies > this.copiesBefore ? this.copies : this.copiesBefore;
  }

  /**
   * Counts a repetition of the last piece.
   *
   * @returns false where some part of it would then be there more than `MAX_REPEAT` times, which RE2 refuses
   */
  count(min: u32, max: i32): bool {
    const times: u32 = max < 0 ? min : max;
    if (times > 0) this.copies *= times;
    return times < 2 || this.copies <= MAX_REPEAT;
  }
}
