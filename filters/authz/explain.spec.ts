import { calls, fail, localReply, restart, setProperty, startRequest } from "../../test/support/spec/emulator";
import { configuration, errors } from "../../test/support/spec/configuration";
import { openRequestFor, readingOf } from "../../test/support/spec/readings";
import { configured } from "./test/spec/verdicts";
import { resetArena } from "../../assembly/memory/arena";
import { Outcome } from "../../assembly/plugin/outcome";
import { decide } from "./decide";
import { deny, denyWith } from "./deny";
import { Plan } from "./plan";
import { readPlan } from "./read-plan";
import { utf8 } from "../../assembly/text/text";

const SAN = "connection.uri_san_peer_certificate";
const GET = ":method: GET\n:path: /a\n:authority: h";
const ASKING = GET + "\nx-authz-explain: 1";

/** A plan that lets the accounts of the namespace `ops` ask. */
function explaining(policies: string): Plan {
  const who = '"explain": {"principals": ["td/ns/ops/*", "td/ns/a/sa/admin"]}, ';
  return configured('{"direction": "INBOUND", ' + who + '"policies": [' + policies + "]}");
}

/** Whether a request may ask for its verdict, and does. */
function isAsked(plan: Plan, peer: string, headers: string): bool {
  if (peer.length > 0) setProperty(SAN, "spiffe://" + peer);
  startRequest(headers);
  resetArena();
  openRequestFor(plan);
  decide(plan);
  const explain = plan.explain;
  return explain != null && explain.isAsked();
}

/** The answer to one who asks: the reply's line, and the header that tells the verdict. */
function answer(policies: string): string {
  restart();
  const plan = explaining(policies);
  setProperty(SAN, "spiffe://td/ns/ops/sa/x");
  startRequest(ASKING);
  resetArena();
  openRequestFor(plan);
  const verdict = decide(plan);
  calls();
  const action = plan.explain!.answer(verdict);
  expect<u32>(action).toBe(Outcome.ANSWERED);
  return calls().replace("send_local_response ", "");
}

const ALLOW = '{"name": "p", "rules": [{"to": [{"operation": {"methods": ["GET"]}}]}]}';

describe("the verdict of one's own request", () => {
  it("may be asked for by those who are named, with the header", () => {
    restart();
    const plan = explaining(ALLOW);
    expect(isAsked(plan, "td/ns/ops/sa/x", ASKING)).toBe(true);
    expect(isAsked(plan, "td/ns/a/sa/admin", ASKING)).toBe(true);
    expect(isAsked(plan, "td/ns/a/sa/other", ASKING)).toBe(false);
    expect(isAsked(plan, "td/ns/ops/sa/x", GET)).toBe(false);
    expect(isAsked(plan, "td/ns/ops/sa/x", GET + "\nx-authz-explain:")).toBe(true, "be the header empty");
  });

  it("may not be asked for over plaintext, nor where nobody is named", () => {
    restart();
    expect(isAsked(explaining(ALLOW), "", ASKING)).toBe(false);
    const silent = configured('{"direction": "INBOUND", "policies": [' + ALLOW + "]}");
    expect(isAsked(silent, "td/ns/ops/sa/x", ASKING)).toBe(false);
  });

  it("is 200 or 403 and the rule that decides", () => {
    const none = ' authz_explained "" x-authz-decision=';
    const refused = ' authz_explained "RBAC: access denied" x-authz-decision=';
    expect(answer(ALLOW)).toBe("200" + none + "allowed by ns[default]-policy[p]-rule[0]");
    expect(answer("")).toBe("200" + none + "allowed, no ALLOW policy");
    expect(answer('{"name": "d", "action": "DENY", "rules": [{}]}')).toBe(
      "403" + refused + "denied by ns[default]-policy[d]-rule[0]",
    );
    expect(answer('{"name": "p"}')).toBe("403" + refused + "denied, no ALLOW rule matches");
  });

  it("tells what dry runs would do, and by which rule", () => {
    const none = '200 authz_explained "" x-authz-decision=allowed by ns[default]-policy[p]-rule[0]; dry run ';
    const deny = '{"name": "d", "action": "DENY", "dryRun": true, "rules": [{}]}';
    const allow = '{"name": "a", "dryRun": true, "rules": [{}]}';
    const misses = '{"name": "a", "dryRun": true}';
    expect(answer([ALLOW, deny].join(", "))).toBe(none + "denied by ns[default]-policy[d]-rule[0]");
    expect(answer([ALLOW, allow].join(", "))).toBe(none + "allowed by ns[default]-policy[a]-rule[0]");
    expect(answer([ALLOW, misses].join(", "))).toBe(none + "denied");
  });

  it("is told where something cannot be known", () => {
    restart();
    const plan = explaining(ALLOW);
    setProperty(SAN, "spiffe://td/ns/ops/sa/x");
    startRequest(ASKING);
    resetArena();
    openRequestFor(plan);
    fail("proxy_get_header_map_pairs", 10);
    const verdict = decide(plan);
    expect(verdict.allowed).toBe(false);
    calls();
    plan.explain!.answer(verdict);
    expect(calls()).toBe(
      'send_local_response 403 authz_explained "RBAC: access denied" x-authz-decision=denied, unsure',
    );
  });

  it("is for principals who are named: an empty list, and none, are refused", () => {
    restart();
    const root = configuration('{"explain": {}, "policies": []}');
    readPlan(root, readingOf(root));
    expect(errors(root)).toBe("explain.principals: required, and missing");
  });
});

/** Envoy's utility.cc (responseDetail) and rbac_filter.cc. */
describe("a refusal", () => {
  it("is Envoy's own: 403, its body, and details that name the rule", () => {
    restart();
    const plan = configured('{"policies": [{"name": "d", "action": "DENY", "rules": [{}]}]}');
    startRequest(GET);
    resetArena();
    openRequestFor(plan);
    expect<u32>(deny(decide(plan))).toBe(Outcome.ANSWERED);
    expect(localReply()).toBe(
      "403 rbac_access_denied_matched_policy[ns[default]-policy[d]-rule[0]]\nRBAC: access denied",
    );
  });

  it("names none where no ALLOW rule matches", () => {
    restart();
    const plan = configured('{"policies": [{"name": "p"}]}');
    startRequest(GET);
    resetArena();
    openRequestFor(plan);
    deny(decide(plan));
    expect(localReply()).toBe("403 rbac_access_denied_matched_policy[none]\nRBAC: access denied");
  });

  it("has details of its own where Envoy has none", () => {
    restart();
    const plan = configured('{"requireMtls": true, "policies": []}');
    startRequest(GET);
    resetArena();
    openRequestFor(plan);
    deny(decide(plan));
    expect(localReply()).toBe("403 authz_mtls_required\nRBAC: access denied");
    startRequest(GET);
    expect<u32>(denyWith(utf8("authz_not_configured"))).toBe(Outcome.ANSWERED);
    expect(localReply()).toBe("403 authz_not_configured\nRBAC: access denied");
  });

  it("is status 7 for gRPC, without a body", () => {
    restart();
    const plan = configured('{"policies": [{"name": "p"}]}');
    startRequest(GET + "\ncontent-type: application/grpc");
    resetArena();
    openRequestFor(plan);
    deny(decide(plan));
    expect(localReply()).toBe("403 rbac_access_denied_matched_policy[none]\n");
  });
});
