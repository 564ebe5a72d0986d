import { configuration, errors } from "../../../test/support/spec/configuration";
import { FormatId } from "./format";
import { readFormat } from "./read-format";

function named(json: string): i32 {
  const place = configuration(json);
  const format = readFormat(place);
  expect(errors(place)).toBe("", json);
  return format;
}

function problem(json: string): string {
  const place = configuration(json);
  expect<i32>(readFormat(place)).toBe(FormatId.W3C, json);
  return errors(place);
}

describe("a format's name", () => {
  it("is one of seven", () => {
    expect(named('"w3c"')).toBe(FormatId.W3C);
    expect(named('"b3"')).toBe(FormatId.B3);
    expect(named('"b3-single"')).toBe(FormatId.B3_SINGLE);
    expect(named('"jaeger"')).toBe(FormatId.JAEGER);
    expect(named('"datadog"')).toBe(FormatId.DATADOG);
    expect(named('"xray"')).toBe(FormatId.XRAY);
    expect(named('"cloud-trace"')).toBe(FormatId.CLOUD_TRACE);
  });

  it("is told where it is none, with the one that may be meant", () => {
    const all = "expected w3c, b3, b3-single, jaeger, datadog, xray or cloud-trace";
    expect(problem('"x-ray"').endsWith(all + ' (did you mean xray?), got "x-ray"')).toBe(true, problem('"x-ray"'));
    expect(problem('"B3"').includes(all)).toBe(true, problem('"B3"'));
    expect(problem('""').includes(all)).toBe(true, problem('""'));
    expect(problem("1").endsWith("expected a string, got 1")).toBe(true, problem("1"));
  });
});
