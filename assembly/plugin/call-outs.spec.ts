import { text } from "../../test/support/spec/bytes";
import { effective, forgetContexts } from "../../test/support/spec/host";
import { Status } from "../host/status";
import { CallOut } from "./call-outs";

export { proxy_set_effective_context } from "../../test/support/spec/host";

const TRACES: u32 = 0;
const BREAKING: u32 = 3;

let tokens: u32 = 0;
let status: u32 = Status.OK;

/** The host call: a token for each that is sent. */
export function proxy_http_call(
  _cluster: usize,
  _clusterSize: u32,
  _headers: usize,
  _headersSize: u32,
  _body: usize,
  _bodySize: u32,
  _trailers: usize,
  _trailersSize: u32,
  _timeout: u32,
  token: usize,
): u32 {
  store<u32>(token, ++tokens);
  return status;
}

function send(owner: u32, root: u32, word: usize): bool {
  return CallOut.send(owner, root, word, text("cluster"), text("headers"), 0, 0, 1000);
}

/** Whose the answer is, `owner:word`; "nobody" if nobody waits for it. */
function answered(root: u32, token: u32): string {
  const call = CallOut.answered(root, token);
  return call == null ? "nobody" : call.owner.toString() + ":" + call.word.toString();
}

describe("the answer to a request of a plugin's own", () => {
  it("comes to the filter that sent it, with its word, in whatever order answers come", () => {
    tokens = 0;
    expect(send(TRACES, 1, 100)).toBe(true);
    expect(send(BREAKING, 1, 200)).toBe(true);
    expect(send(TRACES, 2, 300)).toBe(true);
    expect(answered(1, 2)).toBe("3:200");
    expect(answered(2, 3)).toBe("0:300");
    expect(answered(1, 1)).toBe("0:100");
  });

  it("comes once, and to no other root", () => {
    tokens = 10;
    send(TRACES, 1, 100);
    expect(answered(2, 11)).toBe("nobody");
    expect(answered(1, 12)).toBe("nobody");
    expect(answered(1, 11)).toBe("0:100");
    expect(answered(1, 11)).toBe("nobody");
  });

  it("finds its root to be the effective context", () => {
    forgetContexts();
    tokens = 20;
    send(TRACES, 7, 1);
    expect(effective).toBe("", "sending needs none");
    answered(7, 21);
    expect(effective).toBe("7");
  });

  it("comes to nobody when its root has gone", () => {
    tokens = 30;
    send(TRACES, 1, 100);
    send(BREAKING, 2, 200);
    send(BREAKING, 1, 300);
    CallOut.forget(1);
    expect(answered(1, 31)).toBe("nobody");
    expect(answered(1, 33)).toBe("nobody");
    expect(answered(2, 32)).toBe("3:200");
  });

  it("is not waited for if the host did not send the request", () => {
    tokens = 40;
    status = Status.BAD_ARGUMENT;
    expect(send(TRACES, 1, 100)).toBe(false);
    status = Status.OK;
    expect(answered(1, 41)).toBe("nobody");
    expect(answered(1, 0)).toBe("nobody");
  });
});
