/** The webhook's server: wrong requests of all kinds, bounds, certificates, probes, metrics, its end. Over TLS on loopback. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { test, type TestContext } from "node:test";
import { until } from "../../envoy/deadline.ts";
import { GOOD, review, wasmPlugin } from "./test/reviews.ts";
import { JSON_TYPE, NAME, Webhook, writeCertificate } from "./test/webhook.ts";

const MISCHIEF = new URL("test/mischief.js", import.meta.url);

test("what is no review is answered in one line that says what was expected", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { threads: 1 }, mostBytes: 100_000 });
  const good = review({}, wasmPlugin(GOOD));
  const told = async (body: unknown, headers?: Record<string, string>): Promise<string> => {
    const { status, text } = await webhook.review(body, headers);
    return `${status} ${text}`;
  };
  assert.match(await told("{"), /^400 not JSON: .*\n$/);
  assert.match(await told(""), /^400 not JSON: .*\n$/);
  assert.equal(await told(Buffer.from([0x22, 0xff, 0x22])), "400 not UTF-8\n");
  assert.equal(await told("[]"), "400 expected an AdmissionReview, which is an object\n");
  assert.equal(await told("null"), "400 expected an AdmissionReview, which is an object\n");
  assert.equal(await told({}), '400 kind: expected "AdmissionReview", which is missing\n');
  assert.equal(await told({ ...good, kind: "Pod" }), '400 kind: expected "AdmissionReview", got "Pod"\n');
  assert.equal(
    await told({ ...good, apiVersion: "admission.k8s.io/v1beta1" }),
    '400 apiVersion: expected "admission.k8s.io/v1", got "admission.k8s.io/v1beta1"; set admissionReviewVersions: [v1] in the ValidatingWebhookConfiguration\n',
  );
  assert.equal(await told({ ...good, request: undefined }), "400 request: required, and missing\n");
  for (const uid of [undefined, "", 1]) {
    assert.equal(await told(review({ uid }, wasmPlugin(GOOD))), "400 request.uid: required, and missing\n");
  }
  assert.equal(
    await told(review({ operation: "PATCH" }, wasmPlugin(GOOD))),
    '400 request.operation: expected CREATE, UPDATE, DELETE, CONNECT, got "PATCH"\n',
  );
  const { status, text } = await webhook.review(review({}, null));
  assert.equal(status, 200);
  assert.match(text, /"allowed":false.*"message":"request.object: required, and missing"/);

  assert.equal(
    await told(good, { "content-type": "text/plain" }),
    '415 content-type: expected application/json, got "text/plain"\n',
  );
  assert.equal(await told(good, {}), "415 content-type: expected application/json, got none\n");
  assert.match(await told(good, { "content-type": "application/json; charset=utf-8" }), /^200 /);
  assert.equal(
    await told(good, { ...JSON_TYPE, "content-encoding": "gzip" }),
    '415 content-encoding: expected none, got "gzip"\n',
  );
  assert.equal(await told(" ".repeat(100_001)), "413 the body has more than 100000 bytes\n");

  const get = await webhook.send("/validate");
  assert.deepEqual([get.status, get.headers.allow], [405, "POST"]);
  const posted = await webhook.send("/healthz", { method: "POST" });
  assert.deepEqual([posted.status, posted.headers.allow], [405, "GET, HEAD"]);
  assert.equal((await webhook.send("/")).text, "no such page: there are /validate, /healthz, /readyz, /metrics\n");
  // And it goes on.
  assert.match(await told(good), /^200 .*"allowed":true/);
  assert.equal(await webhook.metric('signalbox_admission_reviews_total{kind="WasmPlugin",verdict="allowed"}'), 2);
  assert.equal(await webhook.metric('signalbox_admission_reviews_total{kind="WasmPlugin",verdict="refused"}'), 1);
});

test("a body that is sent in parts is not read beyond the limit", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF }, mostBytes: 1000 });
  const headers = { ...JSON_TYPE, "transfer-encoding": "chunked" };
  const { status } = await webhook.send("/validate", { method: "POST", headers, body: " ".repeat(1001) });
  assert.equal(status, 413);
});

test("a client that is slow is not waited for longer than it may take", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF }, requestTime: 200 });
  const socket = connect({
    host: "127.0.0.1",
    port: webhook.port,
    servername: NAME,
    ca: webhook.authority.certificate,
  });
  await once(socket, "secureConnect");
  socket.write("POST /validate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{");
  let answer = "";
  socket.setEncoding("utf8").on("data", (part: string) => (answer += part));
  await once(socket, "close");
  assert.match(answer, /^HTTP\/1\.1 408 /);
  // One that does not even speak TLS is not either.
  const silent = connectPlain(webhook.port, "127.0.0.1");
  silent.on("error", () => {});
  await once(silent, "close");
  assert.equal((await webhook.review('"ok"')).status, 200);
});

test("a review that does not end is refused at its deadline, and another thread goes on", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF, deadline: 300, threads: 1 } });
  const { status, text } = await webhook.review("endless");
  assert.equal(status, 200);
  const { response } = JSON.parse(text) as { response: { uid: string; allowed: boolean; status: { message: string } } };
  assert.deepEqual([response.uid, response.allowed], ["mischief", false]);
  assert.equal(
    response.status.message,
    "to check this object takes longer than 300 ms: make its pluginConfig smaller, or try it with signalbox validate [SBX109]",
  );
  assert.equal((await webhook.review("ok")).text, '"reviewed"');
  assert.equal(await webhook.metric('signalbox_admission_threads_ended_total{why="deadline"}'), 1);
  // Of a body that cannot even be read in that time nobody knows whose it is.
  assert.equal((await webhook.review("unread endless")).status, 400);
  assert.equal((await webhook.review("ok")).text, '"reviewed"');
});

test("a review that takes too much memory is refused, and another thread goes on", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF, memory: 32, threads: 1 } });
  const { text } = await webhook.review("hungry");
  assert.match(text, /"allowed":false.*to check this object takes more memory than 32 MiB: /);
  assert.equal((await webhook.review("ok")).text, '"reviewed"');
  assert.equal(await webhook.metric('signalbox_admission_threads_ended_total{why="memory"}'), 1);
});

test("a review that fails is no verdict: 500, so that failurePolicy decides, and another thread goes on", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF, threads: 1 } });
  for (const fault of ["throwing", "ending", "unread ending"]) {
    const { status, text } = await webhook.review(fault);
    assert.deepEqual([status, text], [500, "the review failed, for a reason that is in the log\n"], fault);
    assert.equal((await webhook.review("ok")).text, '"reviewed"');
  }
  assert.equal(await webhook.metric('signalbox_admission_threads_ended_total{why="failure"}'), 3);
  assert.ok(webhook.entries.some(({ level, message }) => level === "error" && String(message).includes("a fault")));
});

/** A file that is not there yet, for a review that lasts until it is. */
function gate(t: TestContext): { body: string; open: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-gate-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "open");
  return { body: `until ${file}`, open: () => writeFileSync(file, "") };
}

async function untilThereIs(one: "running" | "waiting", webhook: Webhook): Promise<void> {
  const name = `signalbox_admission_reviews{state="${one}"}`;
  await until(`a review to be ${one}`, async () => (await webhook.metric(name)) === 1);
}

test("when all threads are busy a review waits, and more than may wait are turned away at once", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF, waiting: 1 } });
  const { body, open } = gate(t);
  const first = webhook.review(body);
  await untilThereIs("running", webhook);
  const second = webhook.review("ok");
  await untilThereIs("waiting", webhook);
  const third = await webhook.review("ok");
  assert.deepEqual([third.status, third.text], [503, "1 reviews wait already: ask again\n"]);
  open();
  assert.equal((await first).text, '"reviewed"');
  assert.equal((await second).text, '"reviewed"');
});

test("one that has waited as long as it may is turned away", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF, patience: 50 } });
  const { body, open } = gate(t);
  const first = webhook.review(body);
  await untilThereIs("running", webhook);
  const second = await webhook.review("ok");
  assert.deepEqual([second.status, second.text], [503, "no thread was free for 50 ms: ask again\n"]);
  open();
  assert.equal((await first).text, '"reviewed"');
  assert.equal((await webhook.review("ok")).text, '"reviewed"');
});

test("it ends when the review that is under way is answered", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF } });
  const { body, open } = gate(t);
  const last = webhook.review(body);
  await untilThereIs("running", webhook);
  const stopped = webhook.stop();
  await assert.rejects(webhook.send("/healthz"), /ECONNREFUSED/);
  open();
  assert.equal((await last).text, '"reviewed"');
  await stopped;
});

test("a certificate that is replaced is in use without a restart; half of a pair is not", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF } });
  const { serial } = await webhook.send("/healthz");
  await writeCertificate(webhook.files, webhook.authority);
  assert.equal((await webhook.send("/healthz")).serial, serial);
  webhook.server.reload();
  const { serial: next } = await webhook.send("/healthz");
  assert.notEqual(next, serial);

  const { certificate } = await webhook.authority.issue({ dnsNames: [NAME] });
  writeFileSync(webhook.files.certificate, certificate);
  webhook.server.reload();
  webhook.server.reload();
  assert.equal((await webhook.send("/healthz")).serial, next);
  const told = webhook.entries.filter(({ message }) =>
    String(message).startsWith("the earlier certificate stays in use"),
  );
  assert.equal(told.length, 1);
  assert.equal(await webhook.metric('signalbox_admission_certificate_reloads_total{outcome="used"}'), 1);
  assert.equal(await webhook.metric('signalbox_admission_certificate_reloads_total{outcome="refused"}'), 1);
});

test("the files are looked at by themselves", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF }, lookEvery: 20 });
  const { serial } = await webhook.send("/healthz");
  await writeCertificate(webhook.files, webhook.authority);
  await until("the next certificate", async () => (await webhook.send("/healthz")).serial !== serial);
});

test("who trusts another CA, or asks for another name, is not answered", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF } });
  const other = { servername: "others.signalbox-system.svc" };
  await assert.rejects(webhook.send("/healthz", other), /does not match certificate's altnames/);
  await assert.rejects(webhook.send("/healthz", { ca: [] }), /self-signed certificate|unable to/);
});

test("probes and metrics: healthy from the start, not ready while it drains, and reviews go on until then", async (t) => {
  const webhook = await Webhook.start(t, { reviewers: { program: MISCHIEF } });
  assert.equal((await webhook.send("/healthz")).text, "ok\n");
  assert.equal((await webhook.send("/readyz")).text, "ok\n");
  const { headers, text } = await webhook.send("/metrics");
  assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  assert.match(text, /^# TYPE signalbox_admission_review_seconds histogram$/m);
  assert.match(text, /^process_resident_memory_bytes \d/m);
  webhook.server.drain();
  const ready = await webhook.send("/readyz");
  assert.deepEqual([ready.status, ready.text], [503, "it is about to end\n"]);
  assert.equal((await webhook.send("/healthz")).status, 200);
  // An API server would like to keep its connection.
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const last = await webhook.send("/validate", { method: "POST", headers: JSON_TYPE, body: "ok", agent });
  assert.deepEqual([last.text, last.headers.connection], ['"reviewed"', "close"]);
});
