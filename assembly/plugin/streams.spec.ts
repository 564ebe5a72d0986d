import { effective, endContext, forgetContexts } from "../../test/support/spec/host";
import {
  MAX_OWNERS,
  forgetStreamsOf,
  keepForStream,
  keptForStream,
  keptStreams,
  noteAnswered,
  seesResponse,
  takeFromStream,
  whenForgotten,
} from "./streams";

export { proxy_set_effective_context } from "../../test/support/spec/host";

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
    keepForStream(10, ROOT, 0, 111);
    keepForStream(11, ROOT, 0, 222);
    expect<u32>(keptStreams()).toBe(2);
    expect(takeFromStream(11, 0)).toBe(222);
    expect(takeFromStream(11, 0)).toBe(0);
    expect(takeFromStream(10, 0)).toBe(111);
    expect(takeFromStream(10, 0)).toBe(0);
    expect<u32>(keptStreams()).toBe(0);
  });

  it("is not given to a stream that nothing was kept for", () => {
    forgetAll();
    expect(takeFromStream(5, 0)).toBe(0);
    // 5 and 5 + 1024 · k fall on each other in a table of 1024 buckets.
    keepForStream(5, ROOT, 0, 1);
    keepForStream(5 + 1024, ROOT, 0, 2);
    keepForStream(5 + 2048, ROOT, 0, 3);
    expect(takeFromStream(5 + 4096, 0)).toBe(0);
    expect(takeFromStream(5 + 1024, 0)).toBe(2);
    expect(takeFromStream(5, 0)).toBe(1);
    expect(takeFromStream(5 + 2048, 0)).toBe(3);
  });

  it("is forgotten with its root, and no other root's is", () => {
    forgetAll();
    for (let stream: u32 = 100; stream < 200; stream++)
      keepForStream(stream, stream & 1 ? ROOT : OTHER_ROOT, 0, stream);
    forgetStreamsOf(ROOT);
    expect<u32>(keptStreams()).toBe(50);
    let wrong = 0;
    for (let stream: u32 = 100; stream < 200; stream++) {
      if (takeFromStream(stream, 0) != (stream & 1 ? 0 : stream)) wrong++;
    }
    expect(wrong).toBe(0);
    expect(effective).toBe("", "no host call is made");
  });
});

describe("what is kept for a stream and looked at", () => {
  it("is still kept", () => {
    forgetAll();
    expect(keptForStream(10, 0)).toBe(0);
    keepForStream(10, ROOT, 0, 111);
    keepForStream(10 + 1024, ROOT, 0, 222);
    expect(keptForStream(10, 0)).toBe(111);
    expect(keptForStream(10, 0)).toBe(111);
    expect(keptForStream(10 + 1024, 0)).toBe(222);
    expect(keptForStream(10 + 2048, 0)).toBe(0);
    expect(keptForStream(11, 0)).toBe(0);
    expect<u32>(keptStreams()).toBe(2);
    expect(takeFromStream(10, 0)).toBe(111);
    expect(keptForStream(10, 0)).toBe(0);
    expect(keptForStream(10 + 1024, 0)).toBe(222);
    expect(takeFromStream(10 + 1024, 0)).toBe(222);
    expect(keptForStream(10 + 1024, 0)).toBe(0);
  });
});

/** The values that were given up, here the streams themselves, and what was still kept for the stream then. */
let forgotten = "";

function noteForgotten(value: usize): void {
  forgotten += (forgotten.length > 0 ? " " : "") + value.toString() + ":" + keptForStream(<u32>value, 0).toString();
}

describe("whoever is to be told of what is forgotten", () => {
  it("is told of a root's values when it goes, and of no other's", () => {
    forgetAll();
    forgotten = "";
    whenForgotten(0, noteForgotten);
    keepForStream(10, ROOT, 0, 10);
    keepForStream(11, OTHER_ROOT, 0, 11);
    keepForStream(12, ROOT, 0, 12);
    forgetStreamsOf(ROOT);
    expect(forgotten).toBe("10:0 12:0");
    forgetStreamsOf(ROOT);
    expect(forgotten).toBe("10:0 12:0", "once");
    expect(takeFromStream(11, 0)).toBe(11);
    forgetAll();
    expect(forgotten).toBe("10:0 12:0", "a stream that takes its value knows of it");
  });

  it("is told of the values of ended streams when their records are needed", () => {
    forgetAll();
    forgotten = "";
    for (let stream: u32 = 1; stream <= 1024; stream++) {
      keepForStream(stream, ROOT, 0, stream);
      if (stream > 3) endContext(stream);
    }
    expect(forgotten).toBe("", "below the limit nothing is forgotten");
    keepForStream(5000, ROOT, 0, 5000);
    const told = forgotten.split(" ");
    expect(told.length).toBe(1021);
    for (let i = 0; i < told.length; i++) expect(told[i].endsWith(":0")).toBe(true, told[i]);
    expect(told.includes("1:0")).toBe(false);
    expect(told.includes("4:0") && told.includes("1024:0")).toBe(true);
    expect<u32>(keptStreams()).toBe(4);
    forgetAll();
  });
});

describe("the pool", () => {
  it("needs no more memory however many streams come and go", () => {
    forgetAll();
    keepForStream(1, ROOT, 0, 1);
    takeFromStream(1, 0);
    const pages = memory.size();
    let wrong = 0;
    for (let stream: u32 = 1; stream < 200000; stream++) {
      keepForStream(stream, ROOT, 0, stream);
      if (takeFromStream(stream, 0) != stream) wrong++;
    }
    expect(wrong).toBe(0);
    expect(memory.size()).toBe(pages);
    expect<u32>(keptStreams()).toBe(0);
  });

  it("uses the records of ended streams again, keeps those of living ones, and restores the running context", () => {
    forgetAll();
    // 1024 records are in use before the pool looks for ended streams: 3 in 4 of these are.
    for (let stream: u32 = 1; stream <= 1024; stream++) {
      keepForStream(stream, ROOT, 0, stream);
      if (stream % 4 != 0) endContext(stream);
    }
    expect(effective).toBe("", "below the limit nothing is asked");
    keepForStream(5000, ROOT, 0, 5000);
    expect<u32>(keptStreams()).toBe(256 + 1);
    expect(effective.endsWith(" 5000")).toBe(true, "the running context is made effective last");
    let wrong = 0;
    for (let stream: u32 = 4; stream <= 1024; stream += 4) if (takeFromStream(stream, 0) != stream) wrong++;
    expect(wrong).toBe(0);
    expect(takeFromStream(5000, 0)).toBe(5000);
    expect<u32>(keptStreams()).toBe(0);
  });

  it("does not look again at once where most streams live", () => {
    forgetAll();
    for (let stream: u32 = 1; stream <= 1025; stream++) keepForStream(stream, ROOT, 0, stream);
    expect<u32>(keptStreams()).toBe(1025);
    forgetContexts();
    for (let stream: u32 = 1026; stream <= 2000; stream++) keepForStream(stream, ROOT, 0, stream);
    expect(effective).toBe("");
    let wrong = 0;
    for (let stream: u32 = 1; stream <= 2000; stream++) if (takeFromStream(stream, 0) != stream) wrong++;
    expect(wrong).toBe(0);
  });
});

describe("what several filters keep for one stream", () => {
  it("is each one's own, in one record, until the last of it is taken", () => {
    forgetAll();
    for (let owner: u32 = 0; owner < MAX_OWNERS; owner++) keepForStream(10, ROOT, owner, 100 + owner);
    expect<u32>(keptStreams()).toBe(1);
    expect(takeFromStream(10, 4)).toBe(104);
    expect(takeFromStream(10, 4)).toBe(0);
    expect(keptForStream(10, 0)).toBe(100);
    for (let owner: u32 = 0; owner < MAX_OWNERS; owner++) {
      expect(takeFromStream(10, owner)).toBe(owner == 4 ? 0 : 100 + owner);
    }
    expect<u32>(keptStreams()).toBe(0);
    keepForStream(11, ROOT, 1, 7);
    expect(keptForStream(11, 0)).toBe(0, "a record that is used again is empty");
    expect(keptForStream(11, 2)).toBe(0);
  });

  it("is let go of by each in its own way, the last one first", () => {
    forgetAll();
    forgotten = "";
    whenForgotten(4, noteForgotten);
    keepForStream(10, ROOT, 0, 1);
    keepForStream(10, ROOT, 4, 2);
    keepForStream(10, ROOT, 2, 3);
    forgetStreamsOf(ROOT);
    expect(forgotten).toBe("2:0 1:0");
  });
});

describe("a response", () => {
  it("is seen by every filter if nobody has answered, else by those before the one that has", () => {
    forgetAll();
    keepForStream(10, ROOT, 0, 1);
    keepForStream(11, ROOT, 0, 1);
    noteAnswered(10, 2);
    noteAnswered(12, 2);
    for (let owner: u32 = 0; owner < MAX_OWNERS; owner++) {
      expect(seesResponse(10, owner)).toBe(owner < 2, owner.toString());
      expect(seesResponse(11, owner)).toBe(true);
      expect(seesResponse(12, owner)).toBe(true, "nobody keeps anything for it");
    }
    takeFromStream(10, 0);
    keepForStream(10, ROOT, 4, 1);
    expect(seesResponse(10, 4)).toBe(true, "another stream of that id");
  });
});
