import { readPercent } from "../../assembly/config/percentage";
import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { HeaderList } from "../../assembly/host/header-list";
import { NO_GRPC_STATUS } from "../../assembly/host/local-reply";
import { readReplyHeaders } from "../../assembly/match/reply-headers";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Abort } from "./fault";
import { readGrpcStatus } from "../../assembly/config/grpc-status";

/** The status that goes with one of gRPC alone (Envoy `fault_filter.cc: abortStatus`). */
const HTTP_OK: u32 = 200;

/** An abort that says what Envoy's says, and `x-fault-injected: name`. */
export function plainAbort(region: Region, name: Text): Abort {
  const abort = changetype<Abort>(region.take(offsetof<Abort>()));
  abort.httpStatus = HTTP_OK;
  abort.grpcStatus = NO_GRPC_STATUS;
  abort.body = utf8("fault filter abort");
  const headers = HeaderList.open(region);
  headers.add(utf8("x-fault-injected"), name);
  abort.headers = headers.encode();
  return abort;
}

/** Reads `abort`; null where there is none, or nothing that it could do. Two statuses are refused, as by Istio's schema. */
export function readAbort(place: Place, name: Text, region: Region): Abort | null {
  if (!place.object()) return null;
  const abort = plainAbort(region, name);
  abort.share = readPercent(place.field(utf8("percentage")), 0);
  const http = place.field(utf8("httpStatus"));
  const grpc = place.field(utf8("grpcStatus"));
  // istiod lets 600 pass (istio `pkg/config/validation: validateHTTPStatus`).
  if (http.present) abort.httpStatus = <u32>http.integer(200, 600, HTTP_OK);
  abort.grpcStatus = readGrpcStatus(grpc, NO_GRPC_STATUS);
  const body = place.field(utf8("body")).string();
  if (body != null) abort.body = Text.copy(region, body.start, body.length);
  readHeaders(place.field(utf8("headers")), abort, name, region);
  abort.onResponse =
    Choice.at(place.field(utf8("on")))
      .or(utf8("request"), 0)
      .or(utf8("response"), 1)
      .value(0) == 1;
  place.refuse(utf8("percent"), utf8("Istio has it for delays only: write percentage: {value: 10} for 10 %"));
  place.refuse(utf8("http2Error"), utf8("Istio ignores it too"));
  place.noOtherFields();
  if (http.present && grpc.present) place.expected(utf8("one of httpStatus and grpcStatus"));
  if (http.present || grpc.present) return abort;
  place.warn(utf8("aborts nothing: neither httpStatus nor grpcStatus is given"));
  return null;
}

function readHeaders(place: Place, abort: Abort, name: Text, region: Region): void {
  if (!place.present) return;
  const headers = HeaderList.open(region);
  headers.add(utf8("x-fault-injected"), name);
  readReplyHeaders(place, headers, region, isOwn);
  abort.headers = headers.encode();
}

function isOwn(name: Text): bool {
  return name.equals(utf8("x-fault-injected"));
}
