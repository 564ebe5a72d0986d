/**
 * Host functions of module `env` that `@solo-io/proxy-runtime`'s declarations lack or get wrong. A `declare function`
 * without a decorator is imported under its own name from the module that is named like its file, so this file's name
 * is part of the ABI.
 */

/** Writes the current log level (proxy-wasm 0.2.1, `proxy_get_log_level`) to `level`: a u32. */
export declare function proxy_get_log_level(level: usize): u32;
