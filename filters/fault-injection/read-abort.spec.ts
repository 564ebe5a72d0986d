import { shown, text } from "../../test/support/spec/bytes";
import { configuration, errors, warnings } from "../../test/support/spec/configuration";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { Place } from "../../assembly/config/place";
import { NO_GRPC_STATUS } from "../../assembly/host/local-reply";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { Abort } from "./fault";
import { readAbort } from "./read-abort";

function place(json: string): Place {
  return configuration('{"abort": ' + json + "}").field(utf8("abort"));
}

/** Reads the abort of the entry `broken`; it must be without an error and a warning. */
function read(json: string): Abort {
  const from = place(json);
  const abort = readAbort(from, text("broken"), Region.open());
  expect(errors(from) + warnings(from)).toBe("", json);
  return abort!;
}

function readWith(fields: string): Abort {
  return read('{"httpStatus": 503, ' + fields + "}");
}

function problem(json: string): string {
  const from = place(json);
  readAbort(from, text("broken"), Region.open());
  expect(warnings(from)).toBe("", json);
  return errors(from);
}

function problemWith(fields: string): string {
  return problem('{"httpStatus": 503, ' + fields + "}");
}

/** That of headers, `abort.headers` left out. */
function problemOfHeaders(headers: string): string {
  return problemWith('"headers": ' + headers).replaceAll("abort.headers", "");
}

describe("an abort", () => {
  it("is that of Envoy's fault filter, and says whose it is", () => {
    const abort = read('{"percentage": {"value": 10}, "httpStatus": 503}');
    expect<u32>(abort.share).toBe(100000);
    expect<u32>(abort.httpStatus).toBe(503);
    expect<u32>(abort.grpcStatus).toBe(NO_GRPC_STATUS);
    expect(shown(abort.body)).toBe("fault filter abort");
    expect(abort.headers.equals(new HeaderPairs().add("x-fault-injected", "broken").encode())).toBe(true);
    expect(abort.onResponse).toBe(false);
  });

  it("befalls no request without a percentage (istio route.go: TranslateFault)", () => {
    expect<u32>(read('{"httpStatus": 503}').share).toBe(0);
    expect<u32>(readWith('"percentage": {}').share).toBe(0);
    expect<u32>(readWith('"percentage": {"value": 0.0001}').share).toBe(1);
  });

  it("has any status from 200 to 600, as istiod lets pass", () => {
    expect<u32>(read('{"httpStatus": 200}').httpStatus).toBe(200);
    expect<u32>(read('{"httpStatus": 600}').httpStatus).toBe(600);
  });

  it("with a gRPC status alone is HTTP 200 (Envoy fault_filter.cc)", () => {
    const abort = read('{"grpcStatus": "UNAVAILABLE"}');
    expect<u32>(abort.httpStatus).toBe(200);
    expect<u32>(abort.grpcStatus).toBe(14);
    expect<u32>(read('{"grpcStatus": "OK"}').grpcStatus).toBe(0);
  });

  it("says what is to be said, be it nothing", () => {
    expect(shown(readWith('"body": "no"').body)).toBe("no");
    expect(shown(readWith('"body": ""').body)).toBe("");
    expect(shown(readWith('"body": null').body)).toBe("fault filter abort");
  });

  it("comes before the upstream or behind it", () => {
    expect(readWith('"on": "request"').onResponse).toBe(false);
    expect(readWith('"on": "response"').onResponse).toBe(true);
  });

  it("has headers, their names in lower case, in order behind the one that tells the fault", () => {
    const abort = readWith('"headers": {"Retry-After": "5", "x-a": "", "x-b": "\\tä b\\t"}');
    const pairs = new HeaderPairs()
      .add("x-fault-injected", "broken")
      .add("retry-after", "5")
      .add("x-a", "")
      .add("x-b", "\tä b\t");
    expect(abort.headers.equals(pairs.encode())).toBe(true);
    expect(readWith('"headers": {}').headers.equals(new HeaderPairs().add("x-fault-injected", "broken").encode())).toBe(
      true,
    );
  });

  it("is none where nothing stands, and none with a warning where it has no status", () => {
    const nothing = place("null");
    expect(readAbort(nothing, text("broken"), Region.open()) == null).toBe(true);
    expect(errors(nothing) + warnings(nothing)).toBe("");
    const texts = ["{}", '{"percentage": {"value": 100}, "body": "x"}', '{"httpStatus": null}'];
    for (let i = 0; i < texts.length; i++) {
      const empty = place(texts[i]);
      expect(readAbort(empty, text("broken"), Region.open()) == null).toBe(true, texts[i]);
      expect(errors(empty)).toBe("", texts[i]);
      expect(warnings(empty)).toBe("abort: aborts nothing: neither httpStatus nor grpcStatus is given", texts[i]);
    }
  });
});

describe("of aborts is reported", () => {
  it("a status that is none", () => {
    const range = "abort.httpStatus: expected a whole number from 200 to 600, got ";
    expect(problem('{"httpStatus": 199}')).toBe(range + "199");
    expect(problem('{"httpStatus": 601}')).toBe(range + "601");
    expect(problem('{"httpStatus": "503"}')).toBe(range + '"503"');
    expect(problem('{"grpcStatus": 14}')).toBe("abort.grpcStatus: expected a string, got 14");
  });

  it("two statuses, and one that Istio does not honour", () => {
    expect(problem('{"httpStatus": 503, "grpcStatus": "OK"}')).toBe(
      'abort: expected one of httpStatus and grpcStatus, got {"httpStatus": 503, "grpcStatus": "OK"}',
    );
    expect(problemWith('"http2Error": "CANCEL"')).toBe("abort.http2Error: not supported: Istio ignores it too");
  });

  it("what stands at its other fields", () => {
    expect(problemWith('"percentage": {"value": -1}')).toBe(
      "abort.percentage.value: expected 0, or a percentage from 0.0001 to 100, got -1",
    );
    expect(problemWith('"body": 5')).toBe("abort.body: expected a string, got 5");
    expect(problemWith('"on": "reply"')).toBe('abort.on: expected request or response, got "reply"');
    expect(problemWith('"headers": []')).toBe("abort.headers: expected an object, got []");
    expect(problemWith('"percent": 5')).toBe(
      "abort.percent: not supported: Istio has it for delays only: write percentage: {value: 10} for 10 %",
    );
    expect(problem("503")).toBe("abort: expected an object, got 503");
  });

  it("headers that no reply can be given: names that are none, pseudo-headers, and what Envoy sets itself", () => {
    const no = ": not the name of a header that a reply can have";
    expect(problemOfHeaders('{"": "x"}')).toBe('[""]' + no);
    expect(problemOfHeaders('{"a b": "x"}')).toBe('["a b"]' + no);
    expect(problemOfHeaders('{"ä": "x"}')).toBe('["ä"]' + no);
    expect(problemOfHeaders('{":status": "200"}')).toBe('[":status"]' + no);
    expect(problemOfHeaders('{"Content-Length": "3"}')).toBe('["Content-Length"]' + no);
    expect(problemOfHeaders('{"transfer-encoding": "chunked"}')).toBe('["transfer-encoding"]' + no);
  });

  it("the header that tells the fault, which is this filter's own", () => {
    expect(problemOfHeaders('{"X-Fault-Injected": "x"}')).toBe(
      '["X-Fault-Injected"]: not the name of a header that a reply can have',
    );
  });

  it("headers' values that are none", () => {
    expect(problemOfHeaders('{"a": 5}')).toBe(".a: expected a string, got 5");
    expect(problemOfHeaders('{"a": null}')).toBe(".a: required, and missing");
    expect(problemOfHeaders('{"a": "x\\ny"}')).toBe('.a: expected a header value without control bytes, got "x\\ny"');
    expect(problemOfHeaders('{"a": "\\u0000"}')).toBe(
      '.a: expected a header value without control bytes, got "\\u0000"',
    );
  });
});
