/** The webhook as a process: its start, its mistakes, its end. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { Authority } from "../test/support/envoy/certificates.ts";
import { PROJECT } from "../tools/project.ts";
import { NAME, writeCertificate } from "./admission/test/webhook.ts";
import { GOOD, review, wasmPlugin } from "./admission/test/reviews.ts";
import { signalbox, spawned } from "./test/run.ts";

test("it listens, reviews, and ends by SIGTERM with status 0", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-admission-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const authority = await Authority.create();
  await writeCertificate({ certificate: join(folder, "tls.crt"), key: join(folder, "tls.key") }, authority);
  const args = ["admission", "--address", "127.0.0.1", "--port", "0", "--threads", "1", "--drain", "0"];
  const server = spawn(process.execPath, [join(PROJECT, "cli/signalbox.js"), ...args], { cwd: folder });
  t.after(() => server.kill("SIGKILL"));
  const closed = once(server, "close");
  const lines: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    server.once("exit", () => reject(new Error(lines.join("\n"))));
    createInterface({ input: server.stderr }).on("line", (line) => {
      lines.push(line);
      const found = /listening on https:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  const answer = await new Promise<string>((resolve, reject) => {
    const tls = { ca: authority.certificate, servername: NAME };
    const headers = { "content-type": "application/json" };
    const sent = request(
      { host: "127.0.0.1", port, path: "/validate", method: "POST", headers, ...tls },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => resolve(text));
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(review({}, wasmPlugin({ ...GOOD, pluginConfig: { polices: [] } }))));
  });
  assert.match(answer, /unknown field \\"polices\\" \(did you mean \\"policies\\"\?\) \[authz\]/);
  server.kill("SIGTERM");
  assert.deepEqual(await closed, [0, null], lines.join("\n"));
  const entries = lines.map((line) => JSON.parse(line) as { level: string; message: string; user?: string });
  assert.deepEqual(
    entries.map(({ level, message }) => [level, message.replace(/:\d+$/, ":…")]),
    [
      ["info", "listening on https://127.0.0.1:…"],
      ["info", "refused"],
      ["info", "SIGTERM: the server takes reviews for 0 ms more, and then ends"],
      ["info", "the server has ended"],
    ],
  );
  assert.equal(entries[1]?.user, "admin");
});

test("without a certificate it does not start, and says which file is wrong", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-admission-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [certificate, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
  const run = () => {
    const { status, err } = spawned(["admission", "--certificate", certificate, "--key", key, "--port", "0"]);
    return [status, err];
  };
  assert.deepEqual(run(), [2, `signalbox: ${certificate} cannot be read: there is no such file [SBX111]\n`]);
  for (const file of [certificate, key]) writeFileSync(file, "nothing");
  const [status, err] = run();
  assert.equal(status, 2);
  assert.match(String(err), /^signalbox: \S+tls\.crt and \S+tls\.key are not a certificate and its key: .*\n$/);
});

test("its options are checked", async () => {
  const told = async (...args: string[]): Promise<string> => (await signalbox(["admission", ...args])).err;
  const help = "signalbox admission --help tells more";
  assert.equal(
    await told("--port", "70000"),
    `signalbox: --port 70000: expected a whole number from 0 to 65535; ${help}\n`,
  );
  assert.equal(
    await told("--deadline", "5"),
    `signalbox: --deadline 5: expected a duration, such as 5s or 500ms; ${help}\n`,
  );
  assert.equal(await told("--threads", "0"), `signalbox: --threads 0: expected a whole number from 1 to 64; ${help}\n`);
});
