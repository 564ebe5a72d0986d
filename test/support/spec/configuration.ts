import { readDocument } from "../../../assembly/config/document";
import { Place } from "../../../assembly/config/place";
import { Report, ReportLine, ReportLines } from "../../../assembly/config/report";
import { Region } from "../../../assembly/memory/region";
import { text } from "./bytes";

/** Reads a pluginConfig; gives its root. */
export function configuration(json: string): Place {
  const document = text(json);
  const report = Report.open(Region.open(), Region.open());
  return readDocument(report, document.start, document.length);
}

/** The errors found so far in the configuration that the place is of, a line each. */
export function errors(place: Place): string {
  return lines(place.report.errors);
}

/** The warnings, a line each. */
export function warnings(place: Place): string {
  return lines(place.report.warnings);
}

function lines(list: ReportLines): string {
  let all = "";
  let line: ReportLine | null = list.first;
  while (line != null) {
    if (all.length > 0) all += "\n";
    all += line.text.toString();
    line = line.next;
  }
  return all;
}
