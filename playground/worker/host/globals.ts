/** What Node has by itself and the command uses: `Buffer`, and a `process` whose output is no terminal. */
export { Buffer } from "buffer";

export const process = { env: {}, argv: [], platform: "browser", stdout: { isTTY: false } };
