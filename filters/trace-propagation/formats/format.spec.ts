import { calls, fail, requestHeaders, restart } from "../../../test/support/spec/emulator";
import { context, formatOf } from "../test/spec/trace-contexts";
import { read, receive, write } from "../test/spec/trace-formats";
import { Status } from "../../../assembly/host/status";
import { Format, FormatId } from "./format";

const CONTEXT = "4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 yes";

/** By the number of a format: its headers. */
const HEADERS: string[][] = [
  ["traceparent"],
  ["x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"],
  ["b3"],
  ["uber-trace-id"],
  ["x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority", "x-datadog-tags"],
  ["x-amzn-trace-id"],
  ["x-cloud-trace-context"],
];

/** Each header of all formats, with the value `?`. */
function everyHeader(): string {
  let lines = "";
  for (let id = 0; id < HEADERS.length; id++) lines += HEADERS[id].join(": ?\n") + ": ?\n";
  return lines;
}

describe("a format", () => {
  it("takes away its own headers, each time that they are there, and no others", () => {
    for (let id = 0; id < HEADERS.length; id++) {
      receive("x: 1\n" + everyHeader() + HEADERS[id][0] + ": ?");
      formatOf(<FormatId>id).remove();
      const left = requestHeaders().split("\n");
      for (let owner = 0; owner < HEADERS.length; owner++) {
        for (let i = 0; i < HEADERS[owner].length; i++) {
          expect(left.includes(HEADERS[owner][i] + ": ?")).toBe(owner != id, HEADERS[owner][i]);
        }
      }
      expect(left[0]).toBe("x: 1");
    }
  });

  it("asks the host to take away what is there, and nothing else", () => {
    receive("x-b3-sampled: 0\nx-b3-flags: 1\nb3: 0");
    calls();
    formatOf(FormatId.B3).remove();
    formatOf(FormatId.W3C).remove();
    expect(calls()).toBe("remove_header_map_value request x-b3-sampled\nremove_header_map_value request x-b3-flags");
  });

  it("writes its own headers and no others, each once", () => {
    for (let id = 0; id < HEADERS.length; id++) {
      const lines = write(<FormatId>id, CONTEXT, everyHeader() + everyHeader()).split("\n");
      for (let owner = 0; owner < HEADERS.length; owner++) {
        for (let i = 0; i < HEADERS[owner].length; i++) {
          const name = HEADERS[owner][i] + ": ";
          let values = 0;
          let kept = 0;
          for (let at = 0; at < lines.length; at++) {
            if (lines[at].startsWith(name)) values++;
            if (lines[at] == name + "?") kept++;
          }
          if (owner != id) expect(kept).toBe(2, name);
          else expect(values <= 1 && kept == 0).toBe(true, name);
        }
      }
      expect(read(<FormatId>id, lines.join("\n"))).toBe(CONTEXT);
    }
  });

  it("leaves all as it came if the host refuses to write and to take away, and does both again afterwards", () => {
    for (let id = 0; id < HEADERS.length; id++) {
      const format: Format = formatOf(<FormatId>id);
      receive(everyHeader());
      const came = requestHeaders();
      fail("proxy_replace_header_map_value", Status.BAD_ARGUMENT);
      fail("proxy_remove_header_map_value", Status.INTERNAL_FAILURE);
      format.write(context(CONTEXT));
      format.remove();
      expect(requestHeaders()).toBe(came);
      restart();
      receive(everyHeader());
      format.write(context(CONTEXT));
      expect(read(<FormatId>id, requestHeaders())).toBe(CONTEXT);
    }
  });
});
