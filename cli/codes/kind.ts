/** A kind of problem: its code, which stays the same from version to version, and the messages that are of this kind. */
export interface Kind {
  /** `SBX` and three digits. A code is never given to another kind, also if its own goes. */
  readonly code: string;
  /** What is wrong, in a few words: the title of its page. */
  readonly title: string;
  /** Which messages are of this kind: a message as a filter or the command writes it, without the path and the place. */
  readonly messages: readonly RegExp[];
}
