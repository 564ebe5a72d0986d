import { specRegion, text } from "../../../test/support/spec/bytes";
import { Value } from "../../../assembly/request/value";
import { Attributes } from "./attribute";
import { ENVELOPE, otlpResource, otlpScope, otlpSize, putEnvelope, putOtlp } from "./otlp";
import { Span, SpanKind } from "./span";

/** Made by an encoder of another hand from the same `.proto` files, decoded by Go's, and taken by a Jaeger. */
const GOLDEN =
  "0a8b010a170a150a0c736572766963652e6e616d6512050a03612e6212700a0b0a097369676e616c626f7812610a104bf92f3577b34da6a3ce929d0e0e47" +
  "36120800f067aa0ba902b72a0347455430023900002a36fe9c97174160e34036fe9c97174a200a19687474702e726573706f6e73652e7374617475735f636f" +
  "6465120318f7037a021802850101030000";

/** SERVER `GET`, 503, an error, 1.5 ms. */
function golden(): Span {
  const span = changetype<Span>(specRegion().take(offsetof<Span>()));
  const name = text("GET");
  const error = text("503");
  span.traceHigh = 0x4bf92f3577b34da6;
  span.traceLow = 0xa3ce929d0e0e4736;
  span.id = 0x00f067aa0ba902b7;
  span.kind = SpanKind.SERVER;
  span.flags = 0x301;
  span.start = 1_700_000_000_000_000_000;
  span.end = 1_700_000_000_001_500_000;
  span.name = name.start;
  span.nameLength = name.length;
  span.error = Value.of(error.start, error.length);
  span.attributes = Attributes.open(specRegion(), 256);
  span.attributes.integer(text("http.response.status_code"), 503);
  return span;
}

function hexOf(start: usize, end: usize): string {
  let digits = "";
  for (let at = start; at < end; at++) digits += load<u8>(at).toString(16).padStart(2, "0");
  return digits;
}

/** A whole request with spans, in hexadecimal. */
function encoded(spans: Span[]): string {
  const service = Attributes.open(specRegion(), 256);
  service.text(text("service.name"), text("a.b"));
  const resource = otlpResource(specRegion(), service);
  const scope = otlpScope(specRegion(), text("signalbox"));
  let size: u32 = 0;
  for (let i = 0; i < spans.length; i++) size += otlpSize(spans[i]);
  const headroom = ENVELOPE + resource.length + scope.length;
  const start = specRegion().take(headroom + size) + headroom;
  let end = start;
  for (let i = 0; i < spans.length; i++) end = putOtlp(end, spans[i]);
  // What is written is as long as what was reckoned with.
  expect(<u32>(end - start)).toBe(size);
  return hexOf(putEnvelope(start, end, resource, scope), end);
}

describe("an ExportTraceServiceRequest", () => {
  it("is the golden message, to the byte", () => {
    expect(encoded([golden()])).toBe(GOLDEN);
  });

  it("has a parent and a tracestate only if there are any", () => {
    const span = golden();
    const tracestate = text("a=1");
    span.parent = 0x1111111111111111;
    span.tracestate = tracestate.start;
    span.tracestateLength = tracestate.length;
    span.error = null;
    const message = encoded([span]);
    // Field 3, "a=1"; field 4, eight bytes; and no field 15.
    expect(message.includes("1a03613d312208" + "11".repeat(8) + "2a03474554")).toBe(true);
    expect(message.includes("7a021802")).toBe(false);
  });

  it("tells lengths of one, two and three bytes, minimally", () => {
    const lengths = [100, 300, 20000];
    const heads = ["1264", "12ac02", "12a09c01"];
    for (let i = 0; i < lengths.length; i++) {
      const span = golden();
      span.attributes = Attributes.open(specRegion(), 65536);
      span.attributes.text(text("k"), text("x".repeat(lengths[i])));
      // The AnyValue's own length is that of its text and of the text's head.
      const inner = "0a" + heads[i].slice(2) + "78787878";
      expect(encoded([span]).includes(inner)).toBe(true);
    }
  });
});
