import { readDocument } from "../config/document";
import { Place } from "../config/place";
import { Report } from "../config/report";
import { configurationLength, configurationStart, readConfiguration } from "../host/configuration";
import { LogLevel, log, refreshLogLevel } from "../host/log";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { reserveSlots } from "../request/request";
import { Text, utf8 } from "../text/text";
import { logReport } from "./log-report";
import { PluginReading } from "./reading";
import { configureRoot, refuseRoot } from "./roots";
import { Setup } from "./setup";

/**
 * A module's `proxy_on_configure`: reads the root's pluginConfig with `read` and, if all of it is accepted, has `activate` write to
 * the host what belongs to it, and gives the root the plan. False, with every error logged after the module's name, if it must
 * be refused: Envoy then keeps the configuration that runs, and refuses a new listener or plugin. Of a refused configuration
 * nothing is left at the host, and no memory in the module.
 */
export function configure<P>(
  root: u32,
  size: u32,
  module: Text,
  read: (root: Place, reading: PluginReading) => P,
  activate: (plan: P) => void,
): bool {
  refreshLogLevel();
  if (readConfiguration(size) != Status.OK) {
    log(LogLevel.CRITICAL, utf8("cannot read pluginConfig from Envoy"));
    refuseRoot(root);
    return false;
  }
  const scratch = Region.open();
  const region = Region.open();
  const report = Report.open(scratch, region);
  const document = readDocument(report, configurationStart, configurationLength);
  const reading = PluginReading.open(document, region);
  const plan = read(document, reading);
  const accepted = !report.failed;
  logReport(module, report);
  if (accepted) {
    activate(plan);
    reserveSlots(reading.slots.count);
    configureRoot(root, setupOf(reading, changetype<usize>(plan)), region);
  } else {
    region.close();
    refuseRoot(root);
  }
  report.close();
  scratch.close();
  return accepted;
}

function setupOf(reading: PluginReading, plan: usize): Setup {
  const setup = changetype<Setup>(reading.region.take(offsetof<Setup>()));
  setup.slots = reading.slots;
  setup.source = reading.source();
  setup.timers = reading.timersOrNull;
  setup.plan = plan;
  return setup;
}
