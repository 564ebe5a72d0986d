/** Stands for a thread that reviews, and does what the body says: what no review is supposed to do. */
import { existsSync } from "node:fs";
import { parentPort } from "node:worker_threads";

const about = { uid: "mischief", operation: "CREATE", kind: "WasmPlugin", namespace: "default", name: "a", user: "" };

const NEVER = new Int32Array(new SharedArrayBuffer(4));

parentPort.on("message", ({ body }) => {
  const what = Buffer.from(body).toString();
  if (!what.startsWith("unread ")) parentPort.postMessage({ type: "begun", about });
  if (what.endsWith("endless")) for (;;);
  if (what.endsWith("hungry")) {
    const eaten = [];
    for (;;) eaten.push(Array.from({ length: 1000 }, (_, place) => ({ place })));
  }
  // `until <file>`
  const [, file] = /^until (.*)/.exec(what) ?? [];
  while (file !== undefined && !existsSync(file)) Atomics.wait(NEVER, 0, 0, 10);
  if (what.endsWith("throwing")) throw new Error("a fault");
  if (what.endsWith("ending")) process.exit(3);
  parentPort.postMessage({ type: "reviewed", body: '"reviewed"', allowed: true, message: "" });
});
parentPort.postMessage({ type: "ready" });
