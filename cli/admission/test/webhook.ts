/** The webhook's server as tests start it, and what an API server does with it. */
import { request, type RequestOptions } from "node:https";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Authority } from "../../../test/support/envoy/certificates.ts";
import { carriedWorker } from "../../carried.ts";
import { streams } from "../../output/streams.ts";
import type { CertificateFiles } from "../certificate-files.ts";
import { AdmissionServer, type ServerOptions } from "../server.ts";

/** The name by which an API server knows it (`<service>.<namespace>.svc`). */
export const NAME = "signalbox-admission.signalbox-system.svc";

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The serial number of the server's certificate. */
  readonly serial: string;
}

/** An entry of the server's log. */
export type Entry = Readonly<Record<string, unknown>>;

/** A server, its CA and its files. */
export class Webhook {
  readonly port: number;

  private constructor(
    readonly server: AdmissionServer,
    readonly authority: Authority,
    readonly files: CertificateFiles,
    /** What it has logged. */
    readonly entries: readonly Entry[],
  ) {
    this.port = server.port;
  }

  /** Starts a server on loopback for the length of a test, or of several. */
  static async start(t: Pick<TestContext, "after">, options: Changed = {}): Promise<Webhook> {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-admission-"));
    const authority = await Authority.create();
    const files = { certificate: join(folder, "tls.crt"), key: join(folder, "tls.key") };
    await writeCertificate(files, authority);
    const entries: Entry[] = [];
    const { err } = streams;
    streams.err = (text) => void entries.push(JSON.parse(text) as Entry);
    const { reviewers, ...others } = options;
    const server = await AdmissionServer.start({
      files,
      host: "127.0.0.1",
      port: 0,
      mostBytes: 8 << 20,
      requestTime: 10_000,
      lookEvery: 60_000,
      ...others,
      reviewers: {
        program: carriedWorker(),
        data: { images: [] },
        threads: 1,
        deadline: 30_000,
        memory: 512,
        waiting: 16,
        patience: 30_000,
        ...reviewers,
      },
    });
    const webhook = new Webhook(server, authority, files, entries);
    t.after(async () => {
      await webhook.stop();
      streams.err = err;
      rmSync(folder, { recursive: true });
    });
    return webhook;
  }

  /** Stops it, which need not be the first time. */
  async stop(): Promise<void> {
    await (this.stopped ??= this.server.stop());
  }
  private stopped: Promise<void> | undefined;

  /** Sends a request as an API server does, and waits for all of its answer. */
  async send(path: string, { body, ...options }: RequestOptions & { body?: string | Uint8Array } = {}): Promise<Reply> {
    return await new Promise((resolve, reject) => {
      const sent = request(
        {
          host: "127.0.0.1",
          port: this.port,
          path,
          servername: NAME,
          ca: this.authority.certificate,
          agent: false,
          ...options,
        },
        (response) => {
          const { statusCode = 0, headers } = response;
          const { serialNumber } = (response.socket as import("node:tls").TLSSocket).getPeerCertificate();
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => (text += part));
          response.on("end", () => resolve({ status: statusCode, headers, text, serial: serialNumber }));
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
  }

  /** Asks for a review of a body, which is made JSON unless it is a text. */
  async review(body: unknown, headers: Readonly<Record<string, string>> = JSON_TYPE): Promise<Reply> {
    const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    return await this.send("/validate?timeout=10s", { method: "POST", headers, body: text });
  }

  /** The value of a metric with its labels, as `/metrics` shows it. */
  async metric(name: string): Promise<number | undefined> {
    const { text } = await this.send("/metrics");
    const line = text.split("\n").find((one) => one.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  }
}

type Changed = Partial<Omit<ServerOptions, "reviewers">> & { reviewers?: Partial<ServerOptions["reviewers"]> };

export const JSON_TYPE = { "content-type": "application/json" };

/** Writes another certificate of the authority in place of the one before. */
export async function writeCertificate(files: CertificateFiles, authority: Authority): Promise<void> {
  const { certificate, key } = await authority.issue({ dnsNames: [NAME] });
  writeFileSync(files.certificate, certificate);
  writeFileSync(files.key, key);
}
