/**
 * Bytes in the longest pattern that is compiled. Istio accepts 1,024; RE2 has no bound of its own.
 */
export const MAX_PATTERN: u32 = 8192;

/**
 * Instructions in the largest program. It is the size from which Istio's proxies refuse RE2's own program
 * (`re2.max_program_size.error_level` in Istio's bootstrap), and keeps a program's memory under 600 KB.
 */
export const MAX_PROGRAM: u32 = 32768;

/** The largest count in `{n,m}`, and the most copies of one piece that nested counts may ask for: RE2's rule. */
export const MAX_REPEAT: u32 = 1000;

/** States that a matcher has room for when each holds a few positions; it starts afresh when its room is full. */
export const TYPICAL_STATES: u32 = 64;

/** Positions in such a state. */
export const TYPICAL_POSITIONS: u32 = 16;

/** Bytes of the largest room for states: as far as a state's 16-bit number, in units of 4, can reach. */
export const MAX_STATE_BYTES: u32 = 0xffff << 2;
