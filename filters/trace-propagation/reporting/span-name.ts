import { arenaTake } from "../../../assembly/memory/arena";
import { pathLength } from "../../../assembly/request/path-length";
import { Value } from "../../../assembly/request/value";
import { Text, utf8 } from "../../../assembly/text/text";

/** Whether a content type is gRPC's, which has the name of a procedure as its path. */
export function isGrpc(contentType: Value | null): bool {
  return contentType != null && utf8("application/grpc").begins(contentType.start, contentType.length);
}

/**
 * The name of a span, which Jaeger calls its operation: of gRPC's the procedure that the path names; else the method, and after it what `operations` calls the
 * request. Its number of names is small, so a method that is not known is `HTTP`. It lives until the callback ends.
 */
export function spanName(method: Value | null, grpcPath: Value | null, route: Text | null): Value {
  if (grpcPath != null) {
    const length = pathLength(grpcPath.start, grpcPath.length);
    if (length > 1) return Value.of(grpcPath.start + 1, length - 1);
  }
  const word: Value = method != null && isKnownMethod(method) ? method : Value.of(utf8("HTTP").start, 4);
  if (route == null) return word;
  const length = word.length + 1 + route.length;
  const name = arenaTake(length);
  memory.copy(name, word.start, word.length);
  store<u8>(name + word.length, 0x20);
  memory.copy(name + word.length + 1, route.start, route.length);
  return Value.of(name, length);
}

/** RFC 9110's methods, PATCH and QUERY: the others are not told by name, as a client can make up as many as it likes. */
export function isKnownMethod(method: Value): bool {
  const start = method.start;
  const length = method.length;
  return (
    utf8("GET").is(start, length) ||
    utf8("POST").is(start, length) ||
    utf8("PUT").is(start, length) ||
    utf8("DELETE").is(start, length) ||
    utf8("HEAD").is(start, length) ||
    utf8("OPTIONS").is(start, length) ||
    utf8("PATCH").is(start, length) ||
    utf8("CONNECT").is(start, length) ||
    utf8("TRACE").is(start, length) ||
    utf8("QUERY").is(start, length)
  );
}
