/** `utf8("…")` for the specifications: a configuration of asc can name a transform only where it lies beside it. */
export { default } from "./tools/utf8-transform.mjs";
