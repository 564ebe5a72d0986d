import { configuration, errors } from "../../test/support/spec/configuration";
import { utf8 } from "../../assembly/text/text";
import { readGrpcStatus } from "../../assembly/config/grpc-status";

/** gRPC's codes in order (grpc `doc/statuscodes.md`), by Istio's names (`pkg/util/grpc/codes.go`). */
const NAMES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

function status(json: string): u32 {
  const root = configuration('{"s": ' + json + "}");
  const value = readGrpcStatus(root.field(utf8("s")), 77);
  expect(errors(root)).toBe("", json);
  return value;
}

function problem(json: string): string {
  const root = configuration('{"s": ' + json + "}");
  expect<u32>(readGrpcStatus(root.field(utf8("s")), 77)).toBe(77);
  return errors(root);
}

describe("readGrpcStatus", () => {
  it("gives the number of each name", () => {
    for (let i = 0; i < NAMES.length; i++) expect<u32>(status('"' + NAMES[i] + '"')).toBe(i, NAMES[i]);
    expect<i32>(NAMES.length).toBe(17);
  });

  it("gives the default where nothing stands", () => {
    expect<u32>(status("null")).toBe(77);
  });

  it("reports what is no name of Istio's: numbers, another case, another spelling", () => {
    const all = NAMES.slice(0, 16).join(", ") + " or " + NAMES[16];
    expect(problem("14")).toBe("s: expected a string, got 14");
    expect(problem('"14"')).toBe("s: expected " + all + ', got "14"');
    expect(problem('"unavailable"')).toBe("s: expected " + all + ' (did you mean UNAVAILABLE?), got "unavailable"');
    expect(problem('"CANCELED"')).toBe("s: expected " + all + ' (did you mean CANCELLED?), got "CANCELED"');
    expect(problem('""')).toBe("s: expected " + all + ', got ""');
  });
});
