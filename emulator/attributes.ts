import { utf8, type ByteString } from "./bytes.ts";
import type { HeaderMap } from "./headers.ts";
import { encodePairs, type Pair } from "./pairs.ts";
import { int64 } from "./property-value.ts";

/** What of a stream its attributes are read from, as far as it can be seen now. */
export interface AttributeSource {
  readonly request: HeaderMap | undefined;
  readonly response: HeaderMap | undefined;
  /** The status that the response started with. */
  readonly responseCode: number | undefined;
  readonly responseCodeDetails: ByteString | undefined;
  readonly isOver: boolean;
}

const REQUEST_HEADERS: Readonly<Record<string, string>> = {
  path: ":path",
  host: ":authority",
  scheme: ":scheme",
  method: ":method",
  referer: "referer",
  useragent: "user-agent",
  id: "x-request-id",
};

/**
 * The attributes that follow from headers (Envoy's source/extensions/filters/common/expr/context.cc), so a test need not
 * give them: `request.path`, `url_path`, `query`, `host`, `scheme`, `method`, `headers`, `referer`, `useragent`, `id`;
 * `response.code`, `code_details`, `headers`. Those of the request are gone when its headers are: in the response phase.
 * `request.duration` is there from the end of the stream on. Also what holds for a plain-text connection from 127.0.0.1:50000 to a listener without a direction at 127.0.0.1:10000,
 * and that no filter has written dynamic metadata, unless a test says otherwise.
 *
 * @returns undefined where there is no such attribute
 */
export function attribute(source: AttributeSource, path: readonly string[]): ByteString | undefined {
  const [group, name, header] = path;
  if (path.length === 1 && group === "metadata") return NO_METADATA;
  if (path.length === 3 && name === "headers") return group === undefined ? undefined : joined(source, group, header!);
  if (path.length !== 2) return undefined;
  if (group === "request") return requestAttribute(source, name!);
  if (group === "response") return responseAttribute(source, name!);
  if (group === "connection") return CONNECTION[name!];
  if (group === "source") return SOURCE[name!];
  if (group === "destination") return DESTINATION[name!];
  return group === "xds" && name === "listener_direction" ? int64(0n) : undefined;
}

const CONNECTION: Readonly<Record<string, ByteString>> = { mtls: "\0", requested_server_name: "" };
const SOURCE: Readonly<Record<string, ByteString>> = { address: "127.0.0.1:50000", port: int64(50000n) };
const DESTINATION: Readonly<Record<string, ByteString>> = { address: "127.0.0.1:10000", port: int64(10000n) };
/** A message without fields has no bytes. */
const NO_METADATA: ByteString = "";

function requestAttribute({ request, isOver }: AttributeSource, name: string): ByteString | undefined {
  if (name === "duration") return isOver ? int64(0n) : undefined;
  if (name === "headers") return encodePairs(request === undefined ? [] : joinedPairs(request));
  const header = REQUEST_HEADERS[name];
  if (header !== undefined) return request?.get(header);
  const path = request?.get(":path");
  if (path === undefined) return undefined;
  const [before = "", ...query] = path.split("?");
  if (name === "url_path") return before;
  return name === "query" ? query.join("?") : undefined;
}

function responseAttribute(source: AttributeSource, name: string): ByteString | undefined {
  const { response, responseCode, responseCodeDetails } = source;
  if (name === "code") return responseCode === undefined ? undefined : int64(BigInt(responseCode));
  if (name === "code_details") return responseCodeDetails;
  return name === "headers" ? encodePairs(response === undefined ? [] : joinedPairs(response)) : undefined;
}

/** One header, a repeated one joined by commas. */
function joined({ request, response }: AttributeSource, group: string, header: string): ByteString | undefined {
  const map = group === "request" ? request : group === "response" ? response : undefined;
  const values = map?.getAll(utf8(header)) ?? [];
  return values.length === 0 ? undefined : values.join(",");
}

/** Envoy's own order of these pairs is that of a hash table; here it is that of the headers. */
function joinedPairs(map: HeaderMap): Pair[] {
  const names = new Set(map.pairs.map(([name]) => name));
  return [...names].map((name) => [name, map.getAll(name).join(",")]);
}
