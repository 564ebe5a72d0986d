import type { Headers, Root } from "../../../../emulator/index.ts";
import { Compiled } from "../../../../test/support/module/compiled.ts";

export const HEADER_ROUTING = new Compiled("header-routing");

/** What a root decides about a request: the headers that go on. */
export function send(root: Root, headers: Headers): Map<string, string[]> {
  const stream = root.stream({ requestHeaders: headers });
  const outcome = stream.requestHeaders();
  stream.responseHeaders({ ":status": "200" });
  stream.end();
  const values = new Map<string, string[]>();
  for (const [name, value] of outcome.headers) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}
