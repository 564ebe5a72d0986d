/** What the command ends with: fit for a step of CI. */
export const EXIT = {
  /** Everything is as it should be. */
  ok: 0,
  /** Something was found: a mistake, a resource that cannot be converted, a test that fails. */
  found: 1,
  /** The command could not do its work: a wrong argument, a file that cannot be read, a module that is not built. */
  unable: 2,
} as const;

/** Why the command cannot do its work, in one line for whoever called it. */
export class Failure extends Error {}
