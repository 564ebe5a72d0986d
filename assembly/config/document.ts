import { JsonParser } from "../text/json/parser";
import { utf8 } from "../text/text";
import { Place } from "./place";
import { Report } from "./report";

/**
 * Reads pluginConfig, which Istio hands over as JSON: gives its root, for the filter to read.
 *
 * Malformed JSON is reported; the place given then holds nothing. So it does where the configuration is empty, which
 * Istio makes of an absent pluginConfig and of `{}` alike: what that means, and what to write, the filter says.
 */
export function readDocument(report: Report, start: usize, length: u32): Place {
  if (length == 0) {
    return Place.root(report, null);
  }
  const parser = changetype<JsonParser>(report.region.take(offsetof<JsonParser>()));
  const node = JsonParser.parse(report.region, start, length, parser);
  if (node == null) {
    const writer = report.writer;
    writer.clear();
    writer.text(utf8("pluginConfig: not JSON: "));
    writer.text(parser.problem);
    writer.text(utf8(" (byte "));
    writer.integer(parser.problemAt);
    writer.byte(0x29);
    report.error();
  }
  return Place.root(report, node);
}
