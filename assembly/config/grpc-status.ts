import { utf8 } from "../text/text";
import { Choice } from "./choice";
import { Place } from "./place";

/** The gRPC status whose name stands at a place, by Istio's names (istio `pkg/util/grpc/codes.go: SupportedGRPCStatus`). */
export function readGrpcStatus(place: Place, otherwise: u32): u32 {
  const status = Choice.at(place)
    .or(utf8("OK"), 0)
    .or(utf8("CANCELLED"), 1)
    .or(utf8("UNKNOWN"), 2)
    .or(utf8("INVALID_ARGUMENT"), 3)
    .or(utf8("DEADLINE_EXCEEDED"), 4)
    .or(utf8("NOT_FOUND"), 5)
    .or(utf8("ALREADY_EXISTS"), 6)
    .or(utf8("PERMISSION_DENIED"), 7)
    .or(utf8("RESOURCE_EXHAUSTED"), 8)
    .or(utf8("FAILED_PRECONDITION"), 9)
    .or(utf8("ABORTED"), 10)
    .or(utf8("OUT_OF_RANGE"), 11)
    .or(utf8("UNIMPLEMENTED"), 12)
    .or(utf8("INTERNAL"), 13)
    .or(utf8("UNAVAILABLE"), 14)
    .or(utf8("DATA_LOSS"), 15)
    .or(utf8("UNAUTHENTICATED"), 16);
  return <u32>status.value(<i32>otherwise);
}
