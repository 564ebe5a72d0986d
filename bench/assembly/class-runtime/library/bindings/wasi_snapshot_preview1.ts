/** The one WASI call that the package makes. A declaration's file gives it the name of the module it is imported from. */
export declare function proc_exit(code: u32): void;
