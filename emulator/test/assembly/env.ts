/** Host functions that `@solo-io/proxy-runtime` declares wrongly or not at all; the file's name is the module's. */
export declare function proxy_get_log_level(level: usize): u32;
export declare function proxy_set_buffer_bytes(type: u32, start: u32, length: u32, data: usize, size: usize): u32;
