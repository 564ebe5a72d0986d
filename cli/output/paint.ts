import colors from "picocolors";

/**
 * Colours where standard output is a terminal that has them, and NO_COLOR does not say otherwise; else plain text. Left to
 * itself picocolors also paints wherever CI is set.
 */
export const paint = colors.createColors(process.stdout.isTTY === true && colors.isColorSupported);
