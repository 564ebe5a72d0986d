import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asc } from "../../../tools/asc.ts";
import { Authority, Envoy, Http2, inlineWasm, listener } from "../../support/envoy/index.ts";

/** What Envoy makes of an expression: it does not compile it, cannot evaluate it, or gives it a value. */
export type Answer = "refused" | "fails" | "true" | "false" | "no boolean";

/** By the status that `assembly/ask.ts` answers with. */
const ANSWERS: Readonly<Record<number, Answer>> = {
  200: "true",
  201: "false",
  202: "no boolean",
  400: "refused",
  422: "fails",
};
const AT_ONCE = 50;

/** Headers of the request that every expression is evaluated for, so that those that generated ones ask for are there. */
const REQUEST = {
  ":path": "/a/b?c=d",
  ":authority": "reviews.default",
  referer: "https://example.com/",
  "user-agent": "test",
  "x-request-id": "6d1f5ab5-8ad3-4b4c-9d1f-1d6b0a3a7a10",
  "x-user": "anna",
  "x-items": "12",
};

/**
 * Asks one real Envoy about expressions, over mutual TLS so that every attribute of a connection is there.
 *
 * @throws Error where it gives no answer to one
 */
export async function askEnvoy(expressions: readonly string[]): Promise<Answer[]> {
  const folder = mkdtempSync(join(tmpdir(), "cel-oracle-"));
  try {
    const module = join(folder, "ask.wasm");
    await asc(["test/oracle/cel/assembly/ask.ts"], "release", ["--outFile", module]);
    const authority = await Authority.create();
    const identity = { uris: ["spiffe://cluster.local/ns/default/sa/a"], dnsNames: ["a.example.com"], commonName: "a" };
    const [server, client] = [await authority.issue(identity), await authority.issue(identity)];
    const filters = [inlineWasm("ask", { module })];
    const tls = { certificate: server, clientAuthority: authority.certificate };
    const envoy = await Envoy.start({ concurrency: 1, listeners: [listener("ask", { filters, routes: [], tls })] });
    try {
      const options = { cert: client.certificate, key: client.key, servername: "a.example.com" };
      const http = await Http2.connect(envoy.port("ask"), options);
      const answers = await answersOf(http, expressions);
      http.close();
      return answers;
    } finally {
      await envoy.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function answersOf(http: Http2, expressions: readonly string[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < expressions.length) {
      const at = next++;
      const x = Buffer.from(expressions[at] as string).toString("hex");
      const { status } = await http.request({ ...REQUEST, x });
      const answer = ANSWERS[status];
      if (answer === undefined) throw new Error(`Envoy answered ${status} to ${expressions[at]}`);
      answers[at] = answer;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return answers;
}
