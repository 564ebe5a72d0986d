import { Place } from "../../assembly/config/place";
import { refuseNativeActions } from "../../assembly/match/native-actions";
import { VirtualServiceReader } from "../../assembly/match/read-virtual-services";
import { HttpRoute } from "../../assembly/match/virtual-service";
import { Region } from "../../assembly/memory/region";
import { isFieldValue } from "../../assembly/text/ascii";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { Plan, Route } from "./plan";
import { readFault } from "./read-fault";

/** What the entries are read with beside what those of every filter need. */
@unmanaged
export class RouteReader extends VirtualServiceReader {
  plan: Plan;
}

/** Reads an entry's fault. `route` may say anything: where a request goes is left to the mesh. */
export function readRoute(place: Place, base: HttpRoute, reader: VirtualServiceReader): void {
  const route = changetype<Route>(base);
  const name = entryName(route, reader.compiler.region);
  if (!isFieldValue(name.start, name.length)) {
    place.field(utf8("name")).expected(utf8("a name without control bytes"));
  }
  const fault = readFault(place.field(utf8("fault")), name, reader.compiler);
  route.fault = fault;
  if (fault != null) changetype<RouteReader>(reader).plan.faults.add(fault);
  place.field(utf8("route"));
  refuseOtherActions(place);
  place.noOtherFields();
}

/** The entry's own name, or `<VirtualService>.http[<place>]`. */
function entryName(route: Route, region: Region): Text {
  if (route.name.length > 0) return route.name;
  const writer = Writer.open();
  if (route.service.name.length > 0) {
    writer.text(route.service.name);
    writer.byte(0x2e);
  }
  writer.text(utf8("http["));
  writer.integer(route.position);
  writer.byte(0x5d);
  return writer.finish(region);
}

/** The fields of Istio's HTTPRoute that are left to a native VirtualService. */
function refuseOtherActions(place: Place): void {
  const native = utf8("this filter only injects faults: leave it to a native VirtualService");
  refuseNativeActions(place, native);
  place.refuse(utf8("headers"), native);
  place.refuse(utf8("delegate"), utf8("a filter cannot see other resources: write the delegate's entries here"));
}
