import { Argument, InvalidArgumentError, type Command, type Option } from "commander";

/** What the commands about traces say of their inputs. */
export const INPUTS: readonly string[] = [
  "An input is a file in JSON of OTLP (one value or lines), Jaeger or Zipkin, - for standard input, or the address of a server: " +
    "Jaeger or Zipkin. What it is follows from what is in it. Of a server it takes the traces of the last hour, at most 100 of each " +
    "service, if --since and --limit do not say otherwise; of files all.",
];

/** Gives a command the inputs and the options that say which traces are wanted (`Selection`). */
export function withInputs(command: Command, output: Option): Command {
  return command
    .addArgument(new Argument("<files...>", "files and addresses of servers; - is standard input"))
    .option("--service <name>", "traces in which this service takes part")
    .option("--operation <name>", "traces with a span of this name; of --service, if it is given")
    .option("--since <time>", "traces that are not older: 30s, 15m, 2h, 7d", duration)
    .option("--limit <number>", "the newest traces, at most so many; of a server, of each service", positive)
    .option("--trace <id>", "this trace", traceId)
    .addOption(output.default("text"));
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(text: string): number {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS[unit] ?? NaN);
  if (!(milliseconds > 0)) throw new InvalidArgumentError("expected a time, such as 30s, 15m, 2h or 7d");
  return milliseconds;
}

function positive(text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw new InvalidArgumentError("expected a whole number from 1");
  return number;
}

function traceId(text: string): string {
  if (!/^[0-9a-f]{1,32}$/i.test(text)) throw new InvalidArgumentError("expected up to 32 hexadecimal digits");
  return text;
}
