/**
 * The proxy that a specification runs in: what it is to answer, and what it was asked (emulator/as-pect.ts). A
 * specification that imports from here need not answer host calls itself. Text is Latin-1, a character a byte.
 *
 * A `declare function` without a decorator is imported from the module that is named like its file, so this file's name
 * matters.
 */

/** Begins anew: another process, with no request yet. */
export declare function restart(): void;

/** A request is in the midst of its headers callback; headers as lines, `name: value` each. */
export declare function startRequest(headers: string): void;

/** That request is in the midst of its response-headers callback. */
export declare function startResponse(headers: string): void;

/** Host calls come from the plugin's root context, as in `proxy_on_configure`, until the next request. */
export declare function enterRoot(): void;

/** Gives a property a value, the segments of its path separated by dots; also to the request that runs. */
export declare function setProperty(path: string, value: string): void;
export declare function removeProperty(path: string): void;

/** Has every call of a host function, by its full name, fail with a status; `malloc` then gives 0. */
export declare function fail(name: string, status: u32): void;
export declare function clearFaults(): void;

/** The wall clock, nanoseconds since 1970. */
export declare function setTime(nanoseconds: u64): void;

/** 0 trace, 1 debug, 2 info, 3 warn, 4 error, 5 critical. */
export declare function setLogLevel(level: u32): void;

/** The host calls since this was last asked, in order, one a line, such as `get_property connection.mtls -> NotFound`. */
export declare function calls(): string;

/** What was logged, a line each: `info message`. */
export declare function logs(): string;

/** The request's headers as they are now, `name: value` lines. */
export declare function requestHeaders(): string;
export declare function responseHeaders(): string;

/** The local reply: status and details, then the body on lines of its own; empty where there is none. */
export declare function localReply(): string;

/** How often the route was forgotten since the request began. */
export declare function routeClears(): u32;

/** Filter state by its whole key, such as `wasm.route`; empty where there is none. */
export declare function filterState(key: string): string;

export declare function counter(name: string): u64;
export declare function gauge(name: string): u64;
