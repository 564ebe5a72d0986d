import { JsonNode } from "../text/json/node";
import { JsonParser } from "../text/json/parser";
import { utf8 } from "../text/text";
import { Place } from "./place";
import { Report } from "./report";

/**
 * Reads pluginConfig, which Istio hands over as JSON: gives its root, for the filter to read.
 *
 * Malformed JSON and an empty configuration are reported; the place given then holds nothing. Istio turns both an
 * absent pluginConfig and `{}` into an empty one, so what a filter says of that is what the user sees:
 * `emptyIsAllowed` where all its fields have defaults.
 */
export function readDocument(report: Report, start: usize, length: u32, emptyIsAllowed: bool): Place {
  if (length == 0) {
    if (!emptyIsAllowed) report.fail(utf8("is empty"));
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

/** Whether nothing was written at all: no document, or an object without fields. */
export function isEmpty(root: JsonNode | null): bool {
  return root == null || root.count == 0;
}

