import { effective, endContext, forgetContexts } from "../../test/as-pect/assembly/host";
import { forgetStreamsOf, keepForStream, keptStreams, takeFromStream } from "./streams";

export { proxy_set_effective_context } from "../../test/as-pect/assembly/host";

const ROOT: u32 = 1;
const OTHER_ROOT: u32 = 2;

function forgetAll(): void {
  forgetStreamsOf(ROOT);
  forgetStreamsOf(OTHER_ROOT);
  forgetContexts();
}

describe("what is kept for a stream", () => {
  it("is given once", () => {
    forgetAll();
    keepForStream(10, ROOT, 111);
    keepForStream(11, ROOT, 222);
    expect<u32>(keptStreams()).toBe(2);
    expect(takeFromStream(11)).toBe(222);
    expect(takeFromStream(11)).toBe(0);
    expect(takeFromStream(10)).toBe(111);
    expect(takeFromStream(10)).toBe(0);
    expect<u32>(keptStreams()).toBe(0);
  });

  it("is not given to a stream that nothing was kept for", () => {
    forgetAll();
    expect(takeFromStream(5)).toBe(0);
    // 5 and 5 + 1024 · k fall on each other in a table of 1024 buckets.
    keepForStream(5, ROOT, 1);
    keepForStream(5 + 1024, ROOT, 2);
    keepForStream(5 + 2048, ROOT, 3);
    expect(takeFromStream(5 + 4096)).toBe(0);
    expect(takeFromStream(5 + 1024)).toBe(2);
    expect(takeFromStream(5)).toBe(1);
    expect(takeFromStream(5 + 2048)).toBe(3);
  });

  it("is forgotten with its root, and no other root's is", () => {
    forgetAll();
    for (let stream: u32 = 100; stream < 200; stream++) keepForStream(stream, stream & 1 ? ROOT : OTHER_ROOT, stream);
    forgetStreamsOf(ROOT);
    expect<u32>(keptStreams()).toBe(50);
    let wrong = 0;
    for (let stream: u32 = 100; stream < 200; stream++) {
      if (takeFromStream(stream) != (stream & 1 ? 0 : stream)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(effective).toBe("", "no host call is made");
  });
});

describe("the pool", () => {
  it("needs no more memory however many streams come and go", () => {
    forgetAll();
    keepForStream(1, ROOT, 1);
    takeFromStream(1);
    const pages = memory.size();
    let wrong = 0;
    for (let stream: u32 = 1; stream < 200000; stream++) {
      keepForStream(stream, ROOT, stream);
      if (takeFromStream(stream) != stream) wrong++;
    }
    expect(wrong).toBe(0);
    expect(memory.size()).toBe(pages);
    expect<u32>(keptStreams()).toBe(0);
  });

  it("uses the records of ended streams again, keeps those of living ones, and restores the running context", () => {
    forgetAll();
    // 1024 records are in use before the pool looks for ended streams: 3 in 4 of these are.
    for (let stream: u32 = 1; stream <= 1024; stream++) {
      keepForStream(stream, ROOT, stream);
      if (stream % 4 != 0) endContext(stream);
    }
    expect(effective).toBe("", "below the limit nothing is asked");
    keepForStream(5000, ROOT, 5000);
    expect<u32>(keptStreams()).toBe(256 + 1);
    expect(effective.endsWith(" 5000")).toBe(true, "the running context is made effective last");
    let wrong = 0;
    for (let stream: u32 = 4; stream <= 1024; stream += 4) if (takeFromStream(stream) != stream) wrong++;
    expect(wrong).toBe(0);
    expect(takeFromStream(5000)).toBe(5000);
    expect<u32>(keptStreams()).toBe(0);
  });

  it("does not look again at once where most streams live", () => {
    forgetAll();
    for (let stream: u32 = 1; stream <= 1025; stream++) keepForStream(stream, ROOT, stream);
    expect<u32>(keptStreams()).toBe(1025);
    forgetContexts();
    for (let stream: u32 = 1026; stream <= 2000; stream++) keepForStream(stream, ROOT, stream);
    expect(effective).toBe("");
    let wrong = 0;
    for (let stream: u32 = 1; stream <= 2000; stream++) if (takeFromStream(stream) != stream) wrong++;
    expect(wrong).toBe(0);
  });
});
