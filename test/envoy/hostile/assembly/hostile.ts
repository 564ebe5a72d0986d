/**
 * A plugin that writes over whatever other plugins of the proxy share: at each request and every millisecond, on each thread. Its
 * configuration has a line for each key of the shared data: the key, and values to write, in hexadecimal digits with spaces between. A
 * line before them has the number of those that are written each time, beside a few of the others, and names of gauges and, with a
 * plus before them, of counters.
 *
 * A value is one of those, the same with some bytes changed or cut off, one of another key, nothing at all, or bytes of any length and
 * kind; now and then it is huge.
 */
import * as host from "@solo-io/proxy-runtime/assembly/imports";
import "../../../../emulator/test/assembly/abort";

const CONFIGURATION: u32 = 7;
/** How many of the lines that are not always written are written at a time. */
const SOME: u32 = 32;
const LONGEST: u32 = 5000;
const HUGE: u32 = 1 << 20;
/** One of so many values is huge: writing it and reading it take a millisecond. */
const HUGE_EVERY: u32 = 1024;
const OUT = memory.data(16, 8);
const scratch: usize = memory.data(8192, 8);

class Line {
  constructor(
    public key: ArrayBuffer,
    public values: ArrayBuffer[],
  ) {}
}

let lines: Line[] = [];
let huge: usize = 0;
let always: u32 = 0;
let state: u64 = 0x9e3779b97f4a7c15;
let written: u32 = 0;
const gauges: u32[] = [];
const counters: u32[] = [];

export function proxy_abi_version_0_2_1(): void {}

export function malloc(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_context_create(context: u32, root: u32): void {
  if (root == 0) state ^= <u64>context * 0xd1b54a32d192ed03;
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  host.proxy_get_buffer_bytes(CONFIGURATION, 0, size, OUT, OUT + 4);
  const rows = String.UTF8.decodeUnsafe(load<usize>(OUT), load<u32>(OUT, 4)).split("\n");
  const first = rows[0].split(" ");
  always = <u32>parseInt(first[0]);
  for (let i = 1; i < first.length; i++) {
    if (first[i].startsWith("+")) counters.push(metric(0, first[i].substr(1)));
    else gauges.push(metric(1, first[i]));
  }
  lines = [];
  for (let i = 1; i < rows.length; i++) {
    const words = rows[i].split(" ");
    const values: ArrayBuffer[] = [];
    for (let j = 1; j < words.length; j++) values.push(bytesOf(words[j]));
    lines.push(new Line(bytesOf(words[0]), values));
  }
  huge = heap.alloc(HUGE);
  for (let at: u32 = 0; at < HUGE; at += 8) store<u64>(huge + at, random());
  written = metric(0, "hostile.writes");
  host.proxy_set_tick_period_milliseconds(1);
  return 1;
}

export function proxy_on_request_headers(context: u32, count: u32, end: u32): u32 {
  writeAll();
  return 0;
}

export function proxy_on_tick(root: u32): void {
  writeAll();
}

function metric(type: u32, name: string): u32 {
  const bytes = String.UTF8.encode(name);
  host.proxy_define_metric(type, changetype<usize>(bytes), bytes.byteLength, OUT);
  return load<u32>(OUT);
}

function writeAll(): void {
  for (let i = 0; i < gauges.length; i++) host.proxy_record_metric(gauges[i], random() >> below(64));
  // Now and then alone, so that what is written is also left alone for a while.
  for (let i = 0; i < counters.length; i++) if (below(4) == 0) host.proxy_increment_metric(counters[i], below(4));
  const count = <u32>lines.length;
  for (let i: u32 = 0; i < always; i++) write(lines[i]);
  for (let i: u32 = 0; i < SOME && count > always; i++) write(lines[always + below(count - always)]);
}

/** Ways to make a value of one that is given, each as often as the others but for the last, which is as often as all of them. */
const enum Way {
  NOTHING,
  RANDOM,
  RANDOM_ALIKE,
  CHANGED,
  CUT,
  OF_ANOTHER,
  GIVEN,
}

function write(line: Line): void {
  const way = min(below(2 * Way.GIVEN), Way.GIVEN);
  const source = way == Way.OF_ANOTHER ? lines[below(lines.length)] : line;
  const given = source.values[below(source.values.length)];
  const size = <u32>given.byteLength;
  let start = scratch;
  let length = size;
  if (below(HUGE_EVERY) == 0) {
    start = huge;
    length = HUGE - below(8);
  } else if (way == Way.NOTHING) {
    length = 0;
  } else if (way == Way.RANDOM || way == Way.RANDOM_ALIKE) {
    if (way == Way.RANDOM) length = below(LONGEST);
    for (let at: u32 = 0; at < length; at += 8) store<u64>(scratch + at, random());
  } else {
    memory.copy(scratch, changetype<usize>(given), size);
    if (way == Way.CUT) length = below(size + 1);
    if (way == Way.CHANGED && size > 0)
      for (let left = 1 + below(8); left > 0; left--) store<u8>(scratch + below(size), <u8>random());
  }
  const key = changetype<usize>(line.key);
  if (host.proxy_set_shared_data(key, line.key.byteLength, start, length, 0) == 0)
    host.proxy_increment_metric(written, 1);
}

function below(limit: u32): u32 {
  return <u32>((random() >> 33) % <u64>limit);
}

/** xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled"). */
function random(): u64 {
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  return state * 0x2545f4914f6cdd1d;
}

function bytesOf(digits: string): ArrayBuffer {
  const bytes = new ArrayBuffer(digits.length / 2);
  for (let i = 0; i < bytes.byteLength; i++) {
    store<u8>(changetype<usize>(bytes) + i, <u8>parseInt(digits.substr(2 * i, 2), 16));
  }
  return bytes;
}
