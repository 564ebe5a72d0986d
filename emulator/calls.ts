import { statusName } from "./status.ts";

/** One call of a host function that a module made. */
export class HostCall {
  constructor(
    /** Its full name, such as `proxy_get_property`. */
    readonly name: string,
    /** Its arguments in words, without the addresses that only say where the answer goes. */
    readonly args: string,
    /** What the module was given: a proxy-wasm status, or a WASI errno for a function of WASI. */
    public status = 0,
  ) {}

  /** Such as `get_property connection.mtls`, with ` -> NotFound` behind where it did not succeed. */
  toString(): string {
    const proxy = this.name.startsWith("proxy_");
    const outcome = this.status === 0 ? "" : ` -> ${proxy ? statusName(this.status) : `errno ${this.status}`}`;
    return `${proxy ? this.name.slice("proxy_".length) : this.name}${this.args === "" ? "" : ` ${this.args}`}${outcome}`;
  }
}

/** Makes a host call fail, so that a test sees what the module does then. */
export interface Fault {
  readonly name: string;
  readonly status: number;
  /** Which of its calls; every one where absent. */
  readonly when: ((call: HostCall) => boolean) | undefined;
  /** How many calls it still strikes. */
  left: number;
}
