/** What can be doubtful about a fact that looks absent. */
export const enum Doubt {
  /** The host did not give what the fact is made of, though it may be there. */
  REFUSED = 1,
  /** The peer showed an identity that is no SPIFFE ID. */
  MALFORMED = 2,
  /** The peer showed no identity; whether it showed a certificate at all is not asked yet. */
  UNNAMED = 4,
}

let reading: u32 = 0;
let asked: u32 = 0;

/** The fact that is being read has that doubt. */
export function addDoubt(doubt: Doubt): void {
  reading |= doubt;
}

/** Begins the reading of a fact, of which nothing is doubtful yet. */
export function beginDoubts(): void {
  reading = 0;
}

/** The doubts of the fact that was read last, in bits. */
export function doubtsOfFact(): u32 {
  return reading;
}

/** A fact with those doubts was asked for. It may have been read before, for another rule. */
export function askedWithDoubts(doubts: u32): void {
  asked |= doubts;
}

/** The doubts of all facts that were asked for since `forgetAsked`, in bits. */
export function doubtsAsked(): u32 {
  return asked;
}

/**
 * Forgets which doubtful facts were asked for. A filter that guards something does so before it decides: a fact that only another
 * filter's rules ask for must not refuse its requests.
 */
export function forgetAsked(): void {
  asked = 0;
}
