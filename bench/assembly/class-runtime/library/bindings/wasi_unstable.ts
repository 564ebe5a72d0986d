/** The package knows WASI by an older name than the one that proxy-wasm hosts have today. */
export { proc_exit } from "./wasi_snapshot_preview1";
