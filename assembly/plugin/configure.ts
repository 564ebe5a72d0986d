import { Place } from "../config/place";
import { configurationLength, configurationStart, readConfiguration } from "../host/configuration";
import { LogLevel, log, refreshLogLevel } from "../host/log";
import { Status } from "../host/status";
import { keepLast } from "../memory/arena";
import { Text, utf8 } from "../text/text";
import { Accepted } from "./accepted";
import { Configuring } from "./configuring";
import { PluginReading } from "./reading";
import { configureRoot, readsLater, refuseRoot, replaceUnread, setupOfRoot } from "./roots";
import { RootWork } from "./root-work";

/** A document of so many bytes may be read in steps: about a millisecond's, and more than fits the arena's block. */
const LARGE: u32 = 32 << 10;

/**
 * A module's `proxy_on_configure`: reads the root's pluginConfig with `read` and, if all of it is accepted, has `activate` write to
 * the host what belongs to it, and gives the root the plan. False, with every error logged after the module's name, if it must
 * be refused: Envoy then keeps the configuration that runs, and refuses a new listener or plugin. Of a refused configuration
 * nothing is left at the host, and no memory in the module.
 *
 * A large document that this process has accepted before is read later, in steps between requests (`RootWork`). What that finds is found too
 * late to refuse the document: a false from a worker, after Envoy's main thread has accepted it, would fail the plugin for good
 * (proxy-wasm-cpp-host `src/wasm.cc`).
 */
export function configureInSteps<P>(
  root: u32,
  size: u32,
  module: Text,
  read: (root: Place, reading: PluginReading) => P,
  activate: (plan: P) => void,
): bool {
  const configuring = begin(root, size, module, changetype<usize>(read), changetype<usize>(activate));
  if (configuring == null) return false;
  const region = configuring.setup.region;
  if (configurationLength < LARGE || !keepLast(configurationStart)) {
    const accepted = readInOne(root, configuring);
    if (accepted && readsLater()) replaceUnread(Accepted.of(configurationStart, configurationLength, region));
    return accepted;
  }
  configuring.kept = configurationStart;
  const document = Accepted.of(configurationStart, configurationLength, region);
  // A root is configured once. Should the host do it again, its streams must not wait without need.
  if (document.isNoted() && setupOfRoot(root) == null) {
    replaceUnread(document);
    RootWork.begin(root, configuring, document);
    return true;
  }
  const accepted = readInOne(root, configuring);
  if (accepted) {
    replaceUnread(document);
    document.note();
  }
  return accepted;
}

function begin(root: u32, size: u32, module: Text, read: usize, activate: usize): Configuring | null {
  refreshLogLevel();
  if (readConfiguration(size) == Status.OK) {
    return Configuring.begin(module, configurationStart, configurationLength, read, activate);
  }
  log(LogLevel.CRITICAL, utf8("cannot read pluginConfig from Envoy"));
  refuseRoot(root);
  return null;
}

/** The same, where the timer may look after the root. */
function readInOne(root: u32, configuring: Configuring): bool {
  const accepted = readNow(root, configuring);
  if (accepted) RootWork.lookAfter(root);
  return accepted;
}

function readNow(root: u32, configuring: Configuring): bool {
  while (configuring.advance()) continue;
  const setup = configuring.setup;
  const accepted = configuring.end();
  if (accepted) {
    configureRoot(root, setup);
  } else {
    setup.region.close();
    refuseRoot(root);
  }
  configuring.close();
  return accepted;
}
