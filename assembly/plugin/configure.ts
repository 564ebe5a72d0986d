import { readDocument } from "../config/document";
import { Place } from "../config/place";
import { Report } from "../config/report";
import { configurationLength, configurationStart, readConfiguration } from "../host/configuration";
import { LogLevel, log, refreshLogLevel } from "../host/log";
import { configureRoot } from "../host/roots";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { Text, utf8 } from "../text/text";
import { logReport } from "./log-report";

/** Reads a filter's pluginConfig: from the document's root into a plan, whose address it gives, all of it in `region`. */
type ReadPlan = (root: Place, region: Region) => usize;

/**
 * A filter's `proxy_on_configure`: reads the root's pluginConfig with `read` and gives the root the plan that it comes
 * to. False, with every error logged behind the filter's name, where it must be refused: Envoy then keeps the
 * configuration that runs, and refuses a new listener or plugin.
 */
export function configure(root: u32, size: u32, filter: Text, read: ReadPlan): bool {
  refreshLogLevel();
  if (readConfiguration(size) != Status.OK) {
    log(LogLevel.CRITICAL, utf8("cannot read pluginConfig from Envoy"));
    return false;
  }
  const scratch = Region.open();
  const region = Region.open();
  const report = Report.open(scratch, region, configurationStart);
  const plan = read(readDocument(report, configurationStart, configurationLength), region);
  const accepted = !report.failed;
  logReport(filter, report);
  report.close();
  scratch.close();
  if (accepted) configureRoot(root, plan, region);
  else region.close();
  return accepted;
}
