import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Emulator, type Root, type StreamOptions } from "../../../emulator/index.ts";
import { PROJECT } from "../../../tools/project.ts";
import { STEPS, countSteps } from "../growth/count-steps.ts";

/** Requests before the one that counts: what is kept of earlier ones, such as an expression's states, is there then. */
const WARMING = 3;

/** The ids of a trace that begins with the request. */
const DRAWN = /\b[0-9a-f]{16}(?:[0-9a-f]{16})?\b/g;

/** What a module makes of a request, and in how many steps. */
export interface Price {
  readonly steps: number;
  /** The headers that the request goes on with, or the details of the reply. */
  readonly outcome: string;
}

/** A module that counts its steps, loaded anew for each configuration. */
export class Counted {
  private readonly bytes: Uint8Array;
  private readonly module: WebAssembly.Module;

  constructor(name: string) {
    this.bytes = countSteps(readFileSync(join(PROJECT, `build/${name}.wasm`)));
    this.module = new WebAssembly.Module(Uint8Array.from(this.bytes));
  }

  /** The price of a request under a configuration, when some like it have gone before. */
  price(document: string, request: StreamOptions): Price {
    const emulator = new Emulator({ record: false, logLevel: "critical" });
    const vm = emulator.instantiate(this.bytes, this.module);
    const root = vm.createRoot({ configuration: document });
    if (!root.accepted) throw new Error(emulator.logs.map(({ message }) => message).join("\n"));
    const steps = vm.exportedGlobal(STEPS)!;
    let price = { steps: 0, outcome: "" };
    for (let i = 0; i <= WARMING; i++) {
      const before = Number(steps.value);
      const outcome = send(root, request);
      price = { steps: Number(steps.value) - before, outcome };
    }
    if (vm.failed !== undefined) throw new Error(vm.failed);
    return price;
  }
}

function send(root: Root, request: StreamOptions): string {
  const stream = root.stream(request);
  const { headers } = stream.requestHeaders();
  const reply = stream.localReply;
  stream.end();
  if (reply !== undefined) return `${reply.status} ${reply.details}`;
  return headers.map((pair) => pair.join(": ").replace(DRAWN, "…")).join("\n");
}
