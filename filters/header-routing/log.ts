import { beginLine } from "../../assembly/text/line";
import { LogLevel, logBytes } from "../../assembly/host/log";
import { utf8 } from "../../assembly/text/text";
import { Destination, Route } from "./plan";

/** Writes a debug line that says what a request was decided by. Ask `logs(LogLevel.DEBUG)` first. */
export function logDecision(route: Route | null, destination: Destination | null): void {
  const writer = beginLine();
  if (route == null) {
    writer.text(utf8("header-routing: no route matches"));
  } else {
    writer.text(utf8("header-routing: "));
    writer.text(route.service.name);
    writer.text(utf8(" http["));
    writer.integer(route.position);
    writer.text(utf8("]"));
    if (route.name.length > 0) {
      writer.byte(0x20);
      writer.quoted(route.name.start, route.name.length, route.name.length);
    }
    const steering = destination != null ? destination.steering : null;
    writer.text(utf8(" -> "));
    if (steering == null) writer.text(utf8("(no steering)"));
    else writer.text(steering);
  }
  logBytes(LogLevel.DEBUG, writer.start, writer.length);
}
