import { Command, InvalidArgumentError, Option } from "commander";
import { explained } from "../command-line/help.ts";
import { milliseconds } from "../decision/duration.ts";
import { certificateCommand } from "./admission-certificate.ts";
import { repeated, wholeNumber } from "./options.ts";

interface Options {
  certificate: string;
  key: string;
  address: string | undefined;
  port: number;
  images: string[];
  threads: number;
  deadline: number;
  drain: number;
}

export function admissionCommand(): Command {
  const command = new Command("admission")
    .summary("a webhook, by which the API server refuses what a filter would refuse")
    .description("A validating admission webhook, by which the API server refuses what a filter would refuse.")
    .option("--certificate <file>", "the server's certificate, PEM", "tls.crt")
    .option("--key <file>", "its private key, PEM", "tls.key")
    .option("--address <address>", "where to listen; on all addresses without it")
    .addOption(wholeNumber("--port <port>", "the port, 0 for one that is free", 0, 65_535).default(8443))
    .addOption(repeated("--images <place>", "only images here, such as registry.example.com/signalbox; repeatable"))
    .addOption(wholeNumber("--threads <number>", "how many reviews at a time", 1, 64).default(2))
    .addOption(duration("--deadline <time>", "for one review").default(5000, "5s"))
    .addOption(duration("--drain <time>", "how long to take reviews after SIGTERM").default(5000, "5s"))
    .addCommand(certificateCommand())
    .action(run);
  return explained(
    command,
    [
      "Answers AdmissionReviews (admission.k8s.io/v1) at /validate over HTTPS, and has /healthz, /readyz and /metrics. Each " +
        "WasmPlugin and TrafficExtension with an image of Signalbox is checked as signalbox validate does: errors refuse it, " +
        "warnings are passed on. Everything else is allowed.",
      "The files of the certificate are read again when they change.",
      "Exit status: 0 after SIGTERM, 2 if it could not start.",
    ],
    [["signalbox admission --certificate tls.crt --key tls.key", "as manifests/admission runs it"]],
  );
}

async function run(options: Options): Promise<void> {
  const { serve } = await import("../admission/serve.ts");
  const { certificate, key, address, port, images, threads, deadline, drain } = options;
  await serve({ files: { certificate, key }, host: address, port, images, threads, deadline, drain });
}

function duration(flags: string, description: string): Option {
  return new Option(flags, description).argParser((given: string) => {
    const value = milliseconds(given);
    if (value !== undefined) return value;
    throw new InvalidArgumentError("expected a duration, such as 5s or 500ms");
  });
}
