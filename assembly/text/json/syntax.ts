/** Values may lie this deep in one another. pluginConfig needs about 12. */
export const MAX_LEVELS: u32 = 64;
/** A list is a long one from this many bytes on. */
export const LONG: usize = 4 << 10;
/** So is an object if it has more members than this too: no record of fields has. */
export const FEW_FIELDS: u32 = 64;

export const QUOTE: u32 = 0x22;
export const BACKSLASH: u32 = 0x5c;
export const COMMA: u32 = 0x2c;
export const COLON: u32 = 0x3a;
export const OPENING_BRACKET: u32 = 0x5b;
export const OPENING_BRACE: u32 = 0x7b;
/** The byte that closes an array or object is this much above the one that opens it (U+005B and U+005D, U+007B and U+007D). */
export const CLOSES: u32 = 2;
