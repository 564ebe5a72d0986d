/** Against registries that fail: each a server that does one thing wrong. */
import assert from "node:assert/strict";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { sampleImage } from "../test/sample.ts";
import { readAddress } from "./address.ts";
import { Connection } from "./connection.ts";
import { Repository } from "./repository.ts";

type Answer = (request: IncomingMessage, answer: ServerResponse) => void;

const IMAGE = sampleImage("artifact");
const DIGEST = IMAGE.manifest.descriptor.digest;
const OTHER = `sha256:${"0".repeat(64)}`;

/** A registry that has every blob already, but for what `answers` says by method and the path's end. */
async function registry(t: TestContext, answers: Record<string, Answer>): Promise<Repository> {
  const server = createServer((request, answer) => {
    const line = `${request.method} ${request.url}`;
    const [, own] = Object.entries(answers).find(([start]) => line.startsWith(start)) ?? [];
    request.resume();
    if (own !== undefined) own(request, answer);
    else
      answer.writeHead(request.method === "PUT" ? 201 : 200).end(request.method === "GET" ? IMAGE.manifest.bytes : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => (server.close(), server.closeAllConnections()));
  const { port } = server.address() as AddressInfo;
  return new Repository(new Connection(readAddress(`127.0.0.1:${port}`), "a", {}));
}

const status = (code: number, headers: Record<string, string> = {}, body = ""): Answer => {
  return (_request, answer) => void answer.writeHead(code, headers).end(body);
};
const breakOff: Answer = (request) => void request.socket.destroy();

const CASES: [what: string, answers: Record<string, Answer>, message: RegExp][] = [
  [
    "an upload that is interrupted",
    {
      "HEAD /v2/a/blobs": status(404),
      "POST /v2": status(202, { location: "/u?s=1" }),
      "PUT /u?s=1&digest=sha256": breakOff,
    },
    /^Error: 127\.0\.0\.1:\d+: PUT \/u failed, it ended the connection before it had answered\.$/,
  ],
  [
    "an upload that begins nowhere",
    { "HEAD /v2/a/blobs": status(404), "POST /v2": status(202) },
    /^Error: 127[^\n]*: the registry begins an upload and does not say where\.$/,
  ],
  [
    "an upload that is stored as something else",
    {
      "HEAD /v2/a/blobs": status(404),
      "POST /v2": status(202, { location: "/u" }),
      "PUT /u": status(201, { "docker-content-digest": OTHER }),
    },
    /^Error: 127[^\n]*: what was sent is sha256:[0-9a-f]{64} here and sha256:0{64} at the registry\. [^\n]*$/,
  ],
  [
    "a manifest that is stored as something else",
    { "PUT /v2/a/manifests": status(201, { "docker-content-digest": OTHER }) },
    new RegExp(`^Error: 127[^\\n]*: what was sent is ${DIGEST} here and ${OTHER} at the registry`),
  ],
  [
    "a tag that shows another manifest",
    { "GET /v2/a/manifests/t": status(200, {}, "{}") },
    // SHA-256 of `{}`, by sha256sum.
    new RegExp(
      `manifest t is ${DIGEST} here and sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a at`,
    ),
  ],
  [
    "a blob that is not what its digest says",
    { "GET /v2/a/blobs": status(200, {}, "{}") },
    /^Error: 127[^\n]*: blob is sha256:[0-9a-f]{64} here and sha256:[0-9a-f]{64} at/,
  ],
  [
    "a blob that breaks off",
    {
      "GET /v2/a/blobs": (request, answer) => {
        answer.writeHead(200, { "content-length": "100" }).write("{");
        setImmediate(() => request.socket.end());
      },
    },
    /^Error: 127[^\n]*: GET \/v2\/a\/blobs[^\n]* failed, [^\n]*$/,
  ],
  [
    "a refusal with a reason of many lines",
    {
      "PUT /v2/a/manifests": status(
        429,
        {},
        '{"errors":[{"code":"TOOMANYREQUESTS","message":"slow\\ndown"},{"code":"X"}]}',
      ),
    },
    new RegExp(`^Error: 127[^\\n]*: the manifest ${DIGEST} is refused with 429: TOOMANYREQUESTS, slow down; X\\.$`),
  ],
  [
    "a refusal that says nothing",
    { "PUT /v2/a/manifests": status(502, {}, "<html>") },
    new RegExp(`^Error: 127[^\\n]*: the manifest ${DIGEST} is refused with 502\\.$`),
  ],
  [
    "a push that is forbidden",
    { "POST /v2": status(403), "HEAD /v2": status(404) },
    /^Error: 127[^\n]*: the registry forbids this to a client without credentials: docker login 127[^\n]*$/,
  ],
  [
    "a registry that asks for what nobody knows",
    { "HEAD /v2": status(401, { "www-authenticate": "Negotiate" }) },
    /^Error: 127[^\n]*: the registry answers 401 and asks for neither Basic nor Bearer credentials\.$/,
  ],
];

for (const [what, answers, message] of CASES) {
  test(`${what} is told in one line`, async (t) => {
    const repository = await registry(t, answers);
    await assert.rejects(repository.push(IMAGE, "t"), message);
  });
}

test("a registry that is not there is told in one line", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const repository = new Repository(new Connection(readAddress(`127.0.0.1:${port}`), "a", {}));
  const message = /^Error: 127\.0\.0\.1:\d+: HEAD [^\n]* failed, nothing listens there\.$/;
  await assert.rejects(repository.push(IMAGE, "t"), message);
});

test("credentials are not sent to another host than the registry", async (t) => {
  const seen: (string | undefined)[] = [];
  const store = createServer((request, answer) => {
    seen.push(request.headers.authorization);
    request.resume();
    answer.writeHead(201).end();
  });
  await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
  t.after(() => (store.close(), store.closeAllConnections()));
  const location = `http://127.0.0.1:${(store.address() as AddressInfo).port}/u`;
  const asks: Answer = (request, answer) => {
    const [code, headers] = request.headers.authorization
      ? [404, {}]
      : [401, { "www-authenticate": 'Basic realm="r"' }];
    answer.writeHead(code, headers).end();
  };
  const { connection } = await registry(t, { "HEAD /v2/a/blobs": asks, "POST /v2": status(202, { location }) });
  const repository = new Repository(new Connection(connection.address, "a", { basic: "user:password" }));
  await assert.rejects(repository.push(IMAGE, "t"), /blob/);
  assert.deepEqual(seen, Array(3).fill(undefined));
});

test("credentials for a registry behind TLS are not sent in the clear", async (t) => {
  const challenge = 'Bearer realm="http://auth.example.com/token",service="s"';
  const asked: string[] = [];
  t.mock.method(globalThis, "fetch", async (url: URL) => {
    asked.push(url.host);
    return new Response(null, { status: 401, headers: { "www-authenticate": challenge } });
  });
  const connection = new Connection(readAddress("registry.example.com"), "a", { basic: "user:password" });
  const message = /the registry would have credentials sent to http:\/\/auth\.example\.com, unencrypted\.$/;
  await assert.rejects(connection.request("HEAD", "blobs/x"), message);
  assert.deepEqual(asked, ["registry.example.com"]);
});

test("a refresh token is exchanged by OAuth2", async (t) => {
  const bodies: string[] = [];
  t.mock.method(globalThis, "fetch", async (url: URL, { body, headers }: RequestInit) => {
    if (url.host === "auth.example.com") {
      bodies.push(String(body));
      return Response.json({ access_token: "given" });
    }
    const { authorization } = headers as { authorization?: string };
    if (authorization === "Bearer given") return new Response(null, { status: 200 });
    const challenge = 'Bearer realm="https://auth.example.com/token",service="s",scope="repository:a:pull"';
    return new Response(null, { status: 401, headers: { "www-authenticate": challenge } });
  });
  const connection = new Connection(readAddress("registry.example.com"), "a", { identityToken: "refresh" });
  assert.equal((await connection.request("HEAD", "blobs/x")).status, 200);
  const fields = Object.fromEntries(new URLSearchParams(bodies[0]));
  assert.deepEqual(fields, {
    service: "s",
    scope: "repository:a:pull",
    grant_type: "refresh_token",
    refresh_token: "refresh",
    client_id: "signalbox",
  });
});
