import { Text } from "../../../assembly/text/text";

/** Where spans are sent, and how. */
@unmanaged
export class Collector {
  /** Whether it takes Zipkin's JSON; else it takes OTLP's protobuf. */
  isZipkin: bool;
  cluster: Text;
  /** The path of the requests that carry spans. */
  path: Text;
  /** Their headers, in the host's encoding. */
  headers: Text;
  /** In milliseconds. */
  timeout: u32;
  /** Who reports: OTLP's `Resource` and scope; or Zipkin's `localEndpoint` and the tags that every span has. */
  who: Text;
  beside: Text;
}
