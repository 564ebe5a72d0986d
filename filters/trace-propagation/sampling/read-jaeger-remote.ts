import { Place } from "../../../assembly/config/place";
import { PluginReading } from "../../../assembly/plugin/reading";
import { Region } from "../../../assembly/memory/region";
import { NANOSECONDS_PER_SECOND } from "../../../assembly/text/nanoseconds";
import { Text, utf8 } from "../../../assembly/text/text";
import { Writer, hexDigit } from "../../../assembly/text/writer";
import { Reporting } from "../reporting/reporting";
import { serviceName } from "../reporting/resource";
import { ownHeaders, readUpstream } from "../upstream";
import { BILLION } from "./adaptive";
import { JaegerRemote } from "./jaeger-remote";
import { readInterval } from "./read-adaptive";
import { readSteps } from "./read-rate";
import { RemoteStrategies } from "./remote-strategies";

/** OpenTelemetry's defaults (`samplers/jaegerremote`); the rate is in billionths. */
const INTERVAL: i64 = 60 * <i64>NANOSECONDS_PER_SECOND;
const INITIAL: f64 = 1_000_000;
/** Of `remote_sampling` in Jaeger. */
const PORT: i64 = 5778;

/** Reads `jaegerRemote: {…}`. The place must be an object. `finishRemote` completes it. */
export function readJaegerRemote(place: Place, reading: PluginReading): JaegerRemote {
  const region = reading.region;
  const remote = changetype<JaegerRemote>(region.take(offsetof<JaegerRemote>()));
  remote.asks = true;
  remote.timers = reading.timers;
  remote.upstream = readUpstream(place, place.field(utf8("authority")), PORT, region);
  remote.interval = <u64>readInterval(place.field(utf8("pollingInterval")), INTERVAL);
  const initial = place.field(utf8("initialSamplingRate"));
  const rate = readSteps(initial, BILLION, 0, 1, INITIAL, utf8("a number from 0 to 1")) / BILLION;
  remote.strategies = RemoteStrategies.open(rate, reading.slots, region);
  const service = place.field(utf8("serviceName")).nonEmptyString();
  if (service != null) remote.service = Text.copy(region, service.start, service.length);
  place.noOtherFields();
  return remote;
}

/** Completes it by what spans say: the service's name, if it has none of its own, and the names of operations. */
export function finishRemote(remote: JaegerRemote, reporting: Reporting | null, region: Region): void {
  const written = remote.service;
  let service = written == null ? serviceName(region, false, null) : written;
  if (reporting != null) {
    if (written == null) service = reporting.serviceName;
    remote.strategies.routes = reporting.operations;
  }
  const path = pathFor(service, region);
  remote.serve(path, ownHeaders(utf8("GET"), path, true, remote.upstream, region).encode(), region);
}

/** What is asked for: the name is percent-encoded, but for what RFC 3986 §2.3 leaves as it is. */
function pathFor(service: Text, region: Region): Text {
  const writer = Writer.open();
  writer.text(utf8("/sampling?service="));
  for (let i: u32 = 0; i < service.length; i++) {
    const byte = <u32>load<u8>(service.start + i);
    const isPlain = byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 26 || byte == 0x2d || byte == 0x2e || byte == 0x5f;
    if (isPlain || byte == 0x7e) {
      writer.byte(byte);
    } else {
      writer.byte(0x25);
      writer.byte(hexDigit(byte >> 4));
      writer.byte(hexDigit(byte & 15));
    }
  }
  return writer.finish(region);
}
