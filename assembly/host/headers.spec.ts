import {
  calls,
  fail,
  localReply,
  requestHeaders,
  responseHeaders,
  restart,
  routeClears,
  startRequest,
  startResponse,
} from "../../test/support/spec/emulator";
import { text } from "../../test/support/spec/bytes";
import { addHeader, HeaderMap, pairsSize, pairsStart, readHeaderPairs, removeHeader, replaceHeader } from "./headers";
import { NO_GRPC_STATUS, sendLocalReply } from "./local-reply";
import { Status } from "./status";

describe("header maps", () => {
  it("are read as pairs in one call", () => {
    restart();
    startRequest(":path: /\nx: 1\nx: 2");
    expect<u32>(readHeaderPairs(HeaderMap.REQUEST_HEADERS)).toBe(Status.OK);
    // 4 for the count, 8 and 2 for each header, and the 5 + 1, 1 + 1 and 1 + 1 bytes of names and values.
    expect<u32>(pairsSize).toBe(4 + 3 * 10 + 6 + 2 + 2);
    expect<u32>(load<u32>(pairsStart)).toBe(3);
    expect(calls()).toBe("get_header_map_pairs request");
  });

  it("are written header by header, and each write to the request has the route taken again", () => {
    restart();
    startRequest(":path: /\nx: 1\nx: 2");
    const value = text("v2");
    expect<u32>(replaceHeader(HeaderMap.REQUEST_HEADERS, text("x"), value.start, value.length)).toBe(Status.OK);
    expect<u32>(addHeader(HeaderMap.REQUEST_HEADERS, text("x"), value.start, value.length)).toBe(Status.OK);
    expect<u32>(removeHeader(HeaderMap.REQUEST_HEADERS, text(":path"))).toBe(Status.OK);
    expect(requestHeaders()).toBe("x: v2\nx: v2");
    expect(routeClears()).toBe(3);
    expect(calls()).toBe(
      "replace_header_map_value request x=v2\nadd_header_map_value request x=v2\nremove_header_map_value request :path",
    );
  });

  it("of the request cannot be seen while the response passes: no pairs, and no writing", () => {
    restart();
    startRequest("x: 1");
    startResponse(":status: 200");
    expect<u32>(readHeaderPairs(HeaderMap.REQUEST_HEADERS)).toBe(Status.OK);
    expect<u32>(pairsSize).toBe(0);
    expect<u32>(removeHeader(HeaderMap.REQUEST_HEADERS, text("x"))).toBe(Status.BAD_ARGUMENT);
    expect<u32>(addHeader(HeaderMap.RESPONSE_HEADERS, text("a"), 0, 0)).toBe(Status.OK);
    expect(responseHeaders()).toBe(":status: 200\na: ");
  });

  it("say when the host has failed, and have no pairs then", () => {
    restart();
    startRequest("x: 1");
    readHeaderPairs(HeaderMap.REQUEST_HEADERS);
    fail("proxy_get_header_map_pairs", Status.INTERNAL_FAILURE);
    expect<u32>(readHeaderPairs(HeaderMap.REQUEST_HEADERS)).toBe(Status.INTERNAL_FAILURE);
    expect<u32>(pairsSize).toBe(0);
  });
});

describe("a local reply", () => {
  it("carries its status, its details and its body", () => {
    restart();
    startRequest(":path: /");
    expect<u32>(sendLocalReply(403, text("rbac denied"), text("no"), NO_GRPC_STATUS)).toBe(Status.OK);
    expect(localReply()).toBe("403 rbac_denied\nno");
  });
});
