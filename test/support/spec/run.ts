/**
 * What the runner tells a specification. A `declare function` is imported from the module that is named like its file.
 */

/** The seed for a random test: `SEED` of the environment, else one that is drawn; printed either way. */
export declare function seed(): i32;
