import colors from "picocolors";

/** Colours where standard output is a terminal that has them, and NO_COLOR does not say otherwise; else plain text. */
export const paint = colors.createColors(process.stdout.isTTY && colors.isColorSupported);
