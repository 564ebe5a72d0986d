import { readGrpcStatus } from "../../assembly/config/grpc-status";
import { Place } from "../../assembly/config/place";
import { HeaderList } from "../../assembly/host/header-list";
import { readReplyHeaders } from "../../assembly/match/reply-headers";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Rejection } from "./rejection";

const SERVICE_UNAVAILABLE: u32 = 503;
const UNAVAILABLE: u32 = 14;

/** What `rejection` says, at the top of the configuration, of a rule or of a circuit; each field has what the wider one says if it is not there. */
@unmanaged
export class RejectionSettings {
  private httpStatus: u32;
  private grpcStatus: u32;
  private body: Text;
  private retryAfter: bool;
  private headers: HeaderList | null;

  /** Reads it; `wider` is null at the top. */
  static read(place: Place, wider: RejectionSettings | null, region: Region): RejectionSettings {
    const settings = changetype<RejectionSettings>(place.report.region.take(offsetof<RejectionSettings>()));
    settings.httpStatus = wider == null ? SERVICE_UNAVAILABLE : wider.httpStatus;
    settings.grpcStatus = wider == null ? UNAVAILABLE : wider.grpcStatus;
    settings.body = wider == null ? utf8("circuit open") : wider.body;
    settings.retryAfter = wider == null || wider.retryAfter;
    settings.headers = wider == null ? null : wider.headers;
    if (place.object()) settings.readFields(place, region);
    return settings;
  }

  private readFields(place: Place, region: Region): void {
    this.httpStatus = <u32>place.field(utf8("httpStatus")).integer(200, 599, this.httpStatus);
    this.grpcStatus = readGrpcStatus(place.field(utf8("grpcStatus")), this.grpcStatus);
    const body = place.field(utf8("body")).string();
    if (body != null) this.body = Text.copy(region, body.start, body.length);
    this.retryAfter = place.field(utf8("retryAfter")).boolean(this.retryAfter);
    this.readHeaders(place.field(utf8("headers")), region);
    place.noOtherFields();
  }

  private readHeaders(place: Place, region: Region): void {
    if (!place.present) return;
    const headers = HeaderList.open(region);
    readReplyHeaders(place, headers, region, isOwn);
    this.headers = headers;
  }

  /** The answer for the requests of a circuit. */
  of(circuit: Text, region: Region): Rejection {
    const rejection = changetype<Rejection>(region.take(offsetof<Rejection>()));
    rejection.httpStatus = this.httpStatus;
    rejection.grpcStatus = this.grpcStatus;
    rejection.body = this.body;
    rejection.retryAfter = this.retryAfter;
    rejection.details = details(circuit, region);
    const headers = HeaderList.open(region);
    headers.add(utf8("x-circuit-open"), circuit);
    const own = this.headers;
    if (own != null) headers.addAll(own);
    rejection.headers = headers.encode();
    // Envoy's router retries no answer that is marked so, unless its policy asks for that (`retry_state_impl.cc`).
    headers.add(utf8("x-envoy-ratelimited"), utf8("true"));
    rejection.inboundHeaders = headers.encode();
    return rejection;
  }
}

/** Whether the filter itself writes a header. */
function isOwn(name: Text): bool {
  return (
    name.equals(utf8("x-circuit-open")) || name.equals(utf8("retry-after")) || name.equals(utf8("x-envoy-ratelimited"))
  );
}

function details(circuit: Text, region: Region): Text {
  return Text.joined(region, utf8("circuit_open{"), circuit, utf8("}"));
}
