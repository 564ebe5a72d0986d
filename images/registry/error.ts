/** What went wrong with a registry. Its message is one line that tells the user what to do; no stack is of use. */
export class RegistryError extends Error {}
