import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import { doctorCommand } from "./trace-doctor.ts";
import { reportCommand } from "./trace-report.ts";

export function traceCommand(): Command {
  const command = new Command("trace")
    .usage("<command>")
    .summary("say what traces tell: where time goes, what fails, which service breaks them")
    .description("Say what traces tell. Read from files, or from Jaeger and Zipkin.")
    .addCommand(reportCommand())
    .addCommand(doctorCommand());
  return explained(command, ["Begin with: signalbox trace doctor http://localhost:16686"]);
}
