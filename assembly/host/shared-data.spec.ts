import { hex, text } from "../../test/support/spec/bytes";
import { calls, clearFaults, fail, restart } from "../../test/support/spec/emulator";
import { Text } from "../text/text";
import { readShared, sharedLength, sharedStart, sharedVersion, writeShared } from "./shared-data";
import { Status } from "./status";

function write(key: string, value: Text, version: u32): u32 {
  return writeShared(text(key), value.start, value.length, version);
}

/** What is read: the bytes as a string, or the status. */
function read(key: string): string {
  const status = readShared(text(key));
  return status == Status.OK ? String.UTF8.decodeUnsafe(sharedStart, sharedLength) : "status " + status.toString();
}

describe("shared data", () => {
  it("is what was written last, by key", () => {
    restart();
    expect(read("k")).toBe("status 1");
    expect<u32>(write("k", text("one"), 0)).toBe(Status.OK);
    expect<u32>(write("other", text("two"), 0)).toBe(Status.OK);
    expect(read("k")).toBe("one");
    expect(read("other")).toBe("two");
    expect(calls()).toBe(
      "get_shared_data k -> NotFound\nset_shared_data k=one\nset_shared_data other=two\nget_shared_data k\nget_shared_data other",
    );
  });

  it("is written where it is of the version that was read, and left as it is otherwise", () => {
    restart();
    write("k", text("one"), 0);
    read("k");
    const first = sharedVersion;
    expect<u32>(first).not.toBe(0);
    expect<u32>(write("k", text("two"), first)).toBe(Status.OK);
    expect<u32>(write("k", text("three"), first)).toBe(Status.CAS_MISMATCH);
    expect(read("k")).toBe("two");
    expect<u32>(sharedVersion).not.toBe(first);
    expect<u32>(write("k", text("three"), sharedVersion)).toBe(Status.OK);
    expect(read("k")).toBe("three");
    expect<u32>(write("k", text("four"), 0)).toBe(Status.OK, "version 0 writes in any case");
    expect(read("k")).toBe("four");
  });

  it("has any bytes, none too, and is a copy", () => {
    restart();
    const bytes = hex("00ff0080");
    write("k", bytes, 0);
    expect<u32>(readShared(text("k"))).toBe(Status.OK);
    expect<u32>(sharedLength).toBe(4);
    expect(bytes.is(sharedStart, sharedLength)).toBe(true);
    store<u8>(sharedStart, 7);
    readShared(text("k"));
    expect<u8>(load<u8>(sharedStart)).toBe(0);
    write("k", text(""), 0);
    expect(read("k")).toBe("");
    expect<u32>(sharedLength).toBe(0);
  });

  it("is nothing where the host refuses, of what was read before too", () => {
    restart();
    write("k", text("one"), 0);
    read("k");
    fail("proxy_get_shared_data", Status.INTERNAL_FAILURE);
    expect(read("k")).toBe("status 10");
    expect<usize>(sharedStart).toBe(0);
    expect<u32>(sharedLength).toBe(0);
    expect<u32>(sharedVersion).toBe(0);
    clearFaults();
    fail("proxy_set_shared_data", Status.INTERNAL_FAILURE);
    expect<u32>(write("k", text("two"), 0)).toBe(Status.INTERNAL_FAILURE);
    clearFaults();
    expect(read("k")).toBe("one");
  });
});
