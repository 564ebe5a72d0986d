import { Choice } from "../../../assembly/config/choice";
import { Place } from "../../../assembly/config/place";
import { utf8 } from "../../../assembly/text/text";
import { FormatId } from "./format";

/** The format that is named at a place, which must name one; W3C's, with a report, where it does not. */
export function readFormat(place: Place): FormatId {
  place.required();
  const choice = Choice.at(place)
    .or(utf8("w3c"), FormatId.W3C)
    .or(utf8("b3"), FormatId.B3)
    .or(utf8("b3-single"), FormatId.B3_SINGLE)
    .or(utf8("jaeger"), FormatId.JAEGER)
    .or(utf8("datadog"), FormatId.DATADOG)
    .or(utf8("xray"), FormatId.XRAY)
    .or(utf8("cloud-trace"), FormatId.CLOUD_TRACE);
  return <FormatId>choice.value(FormatId.W3C);
}
