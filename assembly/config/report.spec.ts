import { configuration, errors, warnings } from "../../test/support/spec/configuration";
import { utf8 } from "../text/text";
import { Place } from "./place";

/** A list of so many numbers, each of which is read as a string. */
function wrong(count: i32): Place {
  const root = configuration('{"l": [' + "0,".repeat(count - 1) + "0]}");
  let item = root.field(utf8("l")).first();
  while (item != null) {
    item.string();
    item.warn(utf8("odd"));
    item = item.next();
  }
  return root;
}

describe("a report", () => {
  it("keeps every problem in the order in which it was found, up to a hundred", () => {
    const root = wrong(100);
    const lines = errors(root).split("\n");
    expect(lines.length).toBe(100);
    expect(lines[0]).toBe("l[0]: expected a string, got 0");
    expect(lines[99]).toBe("l[99]: expected a string, got 0");
    expect<u32>(root.report.errors.omitted).toBe(0);
  });

  it("counts those past the hundredth", () => {
    const root = wrong(5000);
    expect(errors(root).split("\n").length).toBe(100);
    expect<u32>(root.report.errors.count).toBe(5000);
    expect<u32>(root.report.errors.omitted).toBe(4900);
    expect<u32>(root.report.warnings.omitted).toBe(4900);
    // What is wrong more than a hundred times is not warned of, and its place need not be found.
    expect(warnings(root).split("\n")[98]).toBe("l[98]: odd");
  });

  it("fails by an error and not by a warning", () => {
    const root = configuration("{}");
    root.warn(utf8("odd"));
    expect(root.report.failed).toBe(false);
    root.report.fail(utf8("all wrong"));
    expect(root.report.failed).toBe(true);
    expect(errors(root)).toBe("pluginConfig: all wrong");
  });
});

describe("a document", () => {
  it("is reported where it is no JSON, with the byte", () => {
    const root = configuration('{"a": 1,}');
    expect(errors(root)).toBe("pluginConfig: not JSON: expected a name in double quotes (byte 8)");
    expect(root.present).toBe(false);
    expect(root.object()).toBe(false);
  });

  it("is nothing where it is empty: what that means, the filter says", () => {
    const root = configuration("");
    expect(root.present).toBe(false);
    expect(errors(root)).toBe("");
  });
});
