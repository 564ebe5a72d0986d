/**
 * A filter that does what its plugin configuration says, so that one module can show what any host call gives at any
 * time, in the emulator and in a real proxy alike. Each line of the configuration is `phase operation arguments…`; what
 * an operation gave is logged as `operation arguments => status value`. `%` in a property path stands for NUL.
 */
import * as host from "@solo-io/proxy-runtime/assembly/imports";
import "./abort";
import { proxy_get_log_level, proxy_set_buffer_bytes } from "./env";

const OUT = memory.data(16, 8);

/** The configuration of each root context, by its id. */
const scripts = new Map<u32, string>();
const roots = new Map<u32, u32>();
const metrics = new Map<string, u32>();
/** How often the timer of each root has fired. */
const ticks = new Map<u32, u32>();
/** Streams of which `proxy_on_delete` has not come, oldest first. */
const live: u32[] = [];
let newestStream: u32 = 0;

export function proxy_abi_version_0_2_1(): void {}

export function malloc(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_context_create(context: u32, root: u32): void {
  roots.set(context, root == 0 ? context : root);
  if (root == 0) say("create root");
  else {
    live.push(context);
    newestStream = context;
  }
  run(context, "create");
}

export function proxy_on_vm_start(root: u32, size: u32): u32 {
  say("vm_start " + size.toString());
  return read(6, 0, size) == "refuse" ? 0 : 1;
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  scripts.set(root, read(7, 0, size));
  return run(root, "configure") == 9 ? 0 : 1;
}

export function proxy_on_request_headers(context: u32, count: u32, end: u32): u32 {
  say("request_headers " + count.toString() + " " + end.toString());
  return run(context, "request");
}

export function proxy_on_request_body(context: u32, size: u32, end: u32): u32 {
  say("request_body " + size.toString() + " " + end.toString());
  return run(context, "requestbody");
}

export function proxy_on_request_trailers(context: u32, count: u32): u32 {
  say("request_trailers " + count.toString());
  return run(context, "requesttrailers");
}

export function proxy_on_response_headers(context: u32, count: u32, end: u32): u32 {
  say("response_headers " + count.toString() + " " + end.toString());
  return run(context, "response");
}

export function proxy_on_response_body(context: u32, size: u32, end: u32): u32 {
  say("response_body " + size.toString() + " " + end.toString());
  return run(context, "responsebody");
}

export function proxy_on_response_trailers(context: u32, count: u32): u32 {
  say("response_trailers " + count.toString());
  return run(context, "responsetrailers");
}

export function proxy_on_http_call_response(root: u32, token: u32, headers: u32, size: u32, trailers: u32): void {
  say("http_call_response " + headers.toString() + " " + size.toString() + " " + trailers.toString());
  run(root, "answer");
}

/** Lines of `tick` are done each time, those of `tick1` the first time, and so on. */
export function proxy_on_tick(root: u32): void {
  const count = ticks.has(root) ? ticks.get(root) + 1 : 1;
  ticks.set(root, count);
  run(root, "tick" + count.toString());
  run(root, "tick");
}

export function proxy_on_queue_ready(root: u32, token: u32): void {
  run(root, "queue");
}

export function proxy_on_log(context: u32): void {
  say("on_log");
  run(context, "log");
}

export function proxy_on_done(context: u32): u32 {
  say("on_done");
  return run(context, "done") == 9 ? 0 : 1;
}

export function proxy_on_delete(context: u32): void {
  say("on_delete");
  run(context, "delete");
  const at = live.indexOf(context);
  if (at >= 0) live.splice(at, 1);
}

function run(context: u32, phase: string): u32 {
  const root = roots.has(context) ? roots.get(context) : context;
  if (!scripts.has(root)) return 0;
  let action: u32 = 0;
  const lines = scripts.get(root).split("\n");
  for (let i = 0; i < lines.length; i++) {
    const words = lines[i].split(" ");
    if (words[0] != phase || words.length < 2) continue;
    if (words[1] == "action") action = u32(parseInt(words[2]));
    else say(lines[i].substring(phase.length + 1) + " => " + operate(words, context));
  }
  return action;
}

function operate(words: string[], context: u32): string {
  const name = words[1];
  const a = words.length > 2 ? words[2] : "";
  const b = words.length > 3 ? words[3] : "";
  const c = words.length > 4 ? words[4] : "";
  const n = a.length > 0 && a.charCodeAt(0) >= 48 && a.charCodeAt(0) <= 57 ? u32(parseInt(a)) : 0;
  const key = String.UTF8.encode(b);
  const value = String.UTF8.encode(c);
  const k = changetype<usize>(key);
  const v = changetype<usize>(value);
  if (name == "get") return given(host.proxy_get_header_map_value(n, k, key.byteLength, OUT, OUT + 4));
  if (name == "pairs") return pairs(host.proxy_get_header_map_pairs(n, OUT, OUT + 4));
  if (name == "size") return number(host.proxy_get_header_map_size(n, OUT));
  if (name == "add") return host.proxy_add_header_map_value(n, k, key.byteLength, v, value.byteLength).toString();
  if (name == "replace")
    return host.proxy_replace_header_map_value(n, k, key.byteLength, v, value.byteLength).toString();
  if (name == "remove") return host.proxy_remove_header_map_value(n, k, key.byteLength).toString();
  if (name == "setpairs") {
    const encoded = encode(b);
    return host.proxy_set_header_map_pairs(n, changetype<usize>(encoded), encoded.byteLength).toString();
  }
  if (name == "setgarbage") return host.proxy_set_header_map_pairs(n, k, key.byteLength).toString();
  const first = String.UTF8.encode(a.split("%").join("\0"));
  const f = changetype<usize>(first);
  if (name == "getprop") return given(host.proxy_get_property(f, first.byteLength, OUT, OUT + 4));
  if (name == "setprop") return host.proxy_set_property(f, first.byteLength, k, key.byteLength).toString();
  if (name == "reply") {
    const encoded = encode(words.length > 5 ? words[5] : "");
    return host
      .proxy_send_local_response(
        n,
        k,
        key.byteLength,
        v,
        value.byteLength,
        changetype<usize>(encoded),
        encoded.byteLength,
        words.length > 6 ? i32(parseInt(words[6])) : -1,
      )
      .toString();
  }
  if (name == "foreign")
    return given(host.proxy_call_foreign_function(f, first.byteLength, k, key.byteLength, OUT, OUT + 4));
  if (name == "buffer") return given(host.proxy_get_buffer_bytes(n, u32(parseInt(b)), u32(parseInt(c)), OUT, OUT + 4));
  if (name == "bufferstatus") return number(host.proxy_get_buffer_status(n, OUT, OUT + 4));
  if (name == "setbuffer") {
    const data = String.UTF8.encode(words.length > 5 ? words[5] : "");
    return proxy_set_buffer_bytes(
      n,
      u32(parseInt(b)),
      u32(parseInt(c)),
      changetype<usize>(data),
      data.byteLength,
    ).toString();
  }
  if (name == "getshared") {
    const status = host.proxy_get_shared_data(f, first.byteLength, OUT, OUT + 4, OUT + 8);
    return status == 0 ? given(status) + " cas" : given(status);
  }
  if (name == "setshared") {
    // "last" as third argument: the counter that the latest getshared gave; "stale": one that it cannot be.
    const cas = c == "last" ? load<u32>(OUT + 8) : c == "stale" ? load<u32>(OUT + 8) - 1 : 0;
    return host.proxy_set_shared_data(f, first.byteLength, k, key.byteLength, cas).toString();
  }
  if (name == "define") {
    const status = host.proxy_define_metric(n, k, key.byteLength, OUT);
    if (status == 0) metrics.set(b, load<u32>(OUT));
    return number(status);
  }
  if (name == "increment") return host.proxy_increment_metric(metric(a), i64(parseInt(b))).toString();
  if (name == "record") return host.proxy_record_metric(metric(a), u64(parseInt(b))).toString();
  if (name == "metric") {
    const status = host.proxy_get_metric(metric(a), OUT);
    return status == 0 ? "0 " + load<u64>(OUT).toString() : status.toString();
  }
  if (name == "effective") return host.proxy_set_effective_context(chosen(a, context)).toString();
  if (name == "period") return host.proxy_set_tick_period_milliseconds(n).toString();
  if (name == "continue") return host.proxy_continue_stream(n).toString();
  if (name == "close") return host.proxy_close_stream(n).toString();
  if (name == "done") return host.proxy_done().toString();
  if (name == "level") return number(proxy_get_log_level(OUT));
  if (name == "log") return host.proxy_log(n, k, key.byteLength).toString();
  if (name == "time") {
    const status = host.proxy_get_current_time_nanoseconds(OUT);
    return status.toString() + " " + load<u64>(OUT).toString();
  }
  if (name == "call") {
    const headers = encode(b);
    const body = String.UTF8.encode(c);
    return number(
      host.proxy_http_call(
        f,
        first.byteLength,
        changetype<usize>(headers),
        headers.byteLength,
        changetype<usize>(body),
        body.byteLength,
        0,
        0,
        1000,
        OUT,
      ),
    );
  }
  if (name == "register") return host.proxy_register_shared_queue(f, first.byteLength, OUT).toString();
  if (name == "enqueue") return host.proxy_enqueue_shared_queue(load<u32>(OUT), f, first.byteLength).toString();
  if (name == "dequeue") return given(host.proxy_dequeue_shared_queue(1, OUT, OUT + 4));
  if (name == "status") {
    const status = host.proxy_get_status(OUT + 8, OUT, OUT + 4);
    return given(status) + " code " + load<u32>(OUT + 8).toString();
  }
  if (name == "wild") return host.proxy_get_property(0xfffffff0, 64, OUT, OUT + 4).toString();
  // A test asks for the trap.
  if (name == "trap") unreachable();
  return "unknown operation";
}

function metric(name: string): u32 {
  return metrics.has(name) ? metrics.get(name) : u32(parseInt(name));
}

/** The context that a word stands for: the `stream` made last, the `oldest` that lives, its `root`, or a number. */
function chosen(word: string, context: u32): u32 {
  if (word == "stream") return newestStream;
  if (word == "oldest") return live.length > 0 ? live[0] : 0;
  if (word == "root") return roots.get(context);
  return u32(parseInt(word));
}

function number(status: u32): string {
  return status == 0 ? "0 " + load<u32>(OUT).toString() : status.toString();
}

function given(status: u32): string {
  if (status != 0) return status.toString();
  const at = load<usize>(OUT);
  const size = load<u32>(OUT + 4);
  return size == 0 ? (at == 0 ? "0 (null)" : "0 (empty)") : "0 " + text(at, size);
}

/** Printable bytes as they are, the others as \xx. */
function text(at: usize, size: u32): string {
  let result = "";
  for (let i: u32 = 0; i < size; i++) {
    const byte = load<u8>(at + i);
    result += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "\\" + (byte < 16 ? "0" : "") + byte.toString(16);
  }
  return result;
}

function pairs(status: u32): string {
  if (status != 0) return status.toString();
  const at = load<usize>(OUT);
  if (load<u32>(OUT + 4) == 0) return "0 (null)";
  const count = load<u32>(at);
  let data = at + 4 + 8 * count;
  let result = "0";
  for (let i: u32 = 0; i < count; i++) {
    const name = load<u32>(at + 4 + 8 * i);
    const value = load<u32>(at + 8 + 8 * i);
    result += " " + text(data, name) + "=" + text(data + name + 1, value);
    data += name + value + 2;
  }
  return result + (data == at + load<u32>(OUT + 4) ? "" : " (size differs)");
}

/** `a=b&c=d` in the encoding of pairs; nothing at all is no bytes. */
function encode(list: string): ArrayBuffer {
  if (list.length == 0) return new ArrayBuffer(0);
  const items = list.split("&");
  let size = 4 + 8 * items.length;
  for (let i = 0; i < items.length; i++) size += String.UTF8.byteLength(items[i]) + 1;
  const result = new ArrayBuffer(size);
  const at = changetype<usize>(result);
  store<u32>(at, items.length);
  let data = at + 4 + 8 * items.length;
  for (let i = 0; i < items.length; i++) {
    const pair = items[i].split("=");
    for (let j = 0; j < 2; j++) {
      const part = String.UTF8.encode(j < pair.length ? pair[j] : "");
      store<u32>(at + 4 + 8 * i + 4 * j, part.byteLength);
      memory.copy(data, changetype<usize>(part), part.byteLength);
      data += part.byteLength + 1;
    }
  }
  return result;
}

function read(type: u32, start: u32, size: u32): string {
  if (host.proxy_get_buffer_bytes(type, start, size, OUT, OUT + 4) != 0) return "";
  return String.UTF8.decodeUnsafe(load<usize>(OUT), load<u32>(OUT + 4));
}

function say(message: string): void {
  const bytes = String.UTF8.encode(message);
  host.proxy_log(2, changetype<usize>(bytes), bytes.byteLength);
}
