import type { Emulator, EmulatorOptions, Headers, Root, RootOptions, Stream, Vm } from "../../../../emulator/index.ts";
import { CIRCUIT_BREAKING } from "./compiled.ts";

export const GET = { ":authority": "reviews", ":path": "/", ":method": "GET", ":scheme": "http" };
export const GRPC = { ...GET, ":method": "POST", "content-type": "application/grpc" };

/** Bits of `response.flags`. */
export const FLAG = { UH: 0x2n, UT: 0x4n, UF: 0x20n, UC: 0x40n, UO: 0x80n, DI: 0x200n, FI: 0x400n, DC: 0x4000n };

/** The plugin's name in all tests. */
export const PLUGIN = "default.cb";

/** A configuration with one rule, `reviews`, which every request meets. */
export function reviews(outlierDetection: object, rule: object = {}, fields: object = {}): object {
  const own = { name: "reviews", host: "*", trafficPolicy: { outlierDetection }, ...rule };
  return { destinationRules: [own], ...fields };
}

/** What came of one request, as Envoy would tell it. */
export interface Answer {
  /** The response headers; none came if there is none. */
  status?: number;
  headers?: Record<string, string>;
  /** `response.code_details`; `via_upstream` where it is not given. */
  details?: string;
  flags?: bigint;
  /** What the stream's end says of gRPC, if trailers say it. */
  grpcStatus?: number;
  /** Milliseconds until the headers come, and until the stream ends. */
  after?: number;
  /** Whether the response ends with its headers, or in trailers; if neither and it does not break off, with its body. */
  headersOnly?: boolean;
  trailers?: boolean;
  /** How it ends after its headers, if it breaks off. */
  breaksOff?: { details: string; flags: bigint };
  upstream?: Record<string, string | bigint>;
}

export const OK: Answer = { status: 200 };
export const FAILS: Answer = { status: 500 };

function endsWithBody({ headersOnly, trailers, grpcStatus, breaksOff }: Answer): boolean {
  return headersOnly !== true && trailers !== true && grpcStatus === undefined && breaksOff === undefined;
}

/** A request that has come, and whether it was refused. */
export interface Sent {
  stream: Stream;
  refused: boolean;
  /** Has the response come, and the stream end. */
  answer(answer: Answer): void;
}

/** Workers with the filter, and what a test does with them. */
export class Scenario {
  readonly emulator: Emulator;
  readonly vm: Vm;
  readonly root: Root;

  constructor(
    readonly configuration: object,
    options: EmulatorOptions = {},
    readonly rootOptions: RootOptions = {},
  ) {
    ({ emulator: this.emulator, vm: this.vm } = CIRCUIT_BREAKING.load(options));
    this.root = this.push(this.vm, configuration);
  }

  push(vm: Vm = this.vm, configuration: object = this.configuration): Root {
    return CIRCUIT_BREAKING.configured(vm, configuration, { pluginName: PLUGIN, ...this.rootOptions });
  }

  /** Another worker of the process. */
  worker(configuration: object = this.configuration): Root {
    return this.push(CIRCUIT_BREAKING.loadInto(this.emulator), configuration);
  }

  /** A request whose headers have come. */
  send(headers: Headers = GET, root = this.root, xds: Record<string, bigint> = {}): Sent {
    const response: Record<string, string | bigint> = { code_details: "via_upstream", flags: 0n };
    const upstream: Record<string, string | bigint> = { address: "10.0.0.9:9080" };
    const stream = root.stream({ requestHeaders: headers, properties: { response, upstream, xds } });
    stream.requestHeaders();
    const refused = stream.localReply !== undefined;
    return {
      stream,
      refused,
      answer: (answer) => {
        if (refused) return stream.end();
        this.emulator.clock.advance(answer.after ?? 0);
        Object.assign(response, { code_details: answer.details ?? "via_upstream", flags: answer.flags ?? 0n });
        Object.assign(upstream, answer.upstream);
        if (answer.status !== undefined) {
          stream.responseHeaders({ ":status": String(answer.status), ...answer.headers }, answer.headersOnly ?? false);
        }
        if (answer.grpcStatus !== undefined) response["grpc_status"] = BigInt(answer.grpcStatus);
        if (answer.breaksOff !== undefined) {
          Object.assign(response, { code_details: answer.breaksOff.details, flags: answer.breaksOff.flags });
        }
        if (answer.status !== undefined && endsWithBody(answer)) stream.responseBody("body");
        stream.end();
      },
    };
  }

  /** One request and its answer: whether it was refused. */
  ask(answer: Answer = OK, headers: Headers = GET, root = this.root): boolean {
    const sent = this.send(headers, root);
    sent.answer(answer);
    return sent.refused;
  }

  /** Requests one after the other, all with that answer: `.` for each that passed, `x` for each that was refused. */
  asks(times: number, answer: Answer = OK, headers: Headers = GET, root = this.root): string {
    return Array.from({ length: times }, () => (this.ask(answer, headers, root) ? "x" : ".")).join("");
  }

  after(milliseconds: number): void {
    this.emulator.clock.advance(milliseconds);
  }

  counter(name: string): number {
    return Number(this.emulator.metrics.counters.get(`circuit_breaking.${name}`) ?? 0n);
  }

  /** A metric of a circuit. */
  of(circuit: string, what: string): number {
    const name = `circuit_breaking.circuit.${PLUGIN}.${circuit}.${what}`;
    const { counters, gauges } = this.emulator.metrics;
    return Number(counters.get(name) ?? gauges.get(name) ?? -1n);
  }

  /** `closed`, `open` or `half-open`. */
  state(circuit = "reviews"): string {
    return ["closed", "open", "half-open"][this.of(circuit, "state")] ?? "unknown";
  }

  /** The lines that were logged since the last asking. */
  logged(): string[] {
    return this.emulator.logs.splice(0).map(({ message }) => message);
  }

  /** The host calls that come of something, bytes of shared data left out. */
  during(action: () => void): string[] {
    this.vm.hostCalls.length = 0;
    action();
    return this.vm.calls.map((call) => call.replace(/^(set_shared_data [^=]*)=.*$/s, "$1"));
  }
}
