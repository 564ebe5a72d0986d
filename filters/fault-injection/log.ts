import { beginLine } from "../../assembly/text/line";
import { NO_GRPC_STATUS } from "../../assembly/host/local-reply";
import { LogLevel, logBytes } from "../../assembly/host/log";
import { utf8 } from "../../assembly/text/text";
import { Injection } from "./injection";

/** Writes a debug line that says what befalls a request. Ask `logs(LogLevel.DEBUG)` first. */
export function logFault(injection: Injection, delay: u32): void {
  const writer = beginLine();
  const name = injection.fault.name;
  writer.text(utf8("fault-injection: "));
  writer.quoted(name.start, name.length, name.length);
  if (delay > 0) {
    writer.text(utf8(" delay "));
    writer.integer(delay);
    writer.text(utf8("ms"));
  }
  const abort = injection.abort;
  if (abort != null) {
    writer.text(abort.onResponse ? utf8(" abort on response ") : utf8(" abort "));
    if (injection.grpcStatus == NO_GRPC_STATUS) {
      writer.integer(injection.httpStatus);
    } else {
      writer.text(utf8("grpc "));
      writer.integer(injection.grpcStatus);
    }
  }
  logBytes(LogLevel.DEBUG, writer.start, writer.length);
}
