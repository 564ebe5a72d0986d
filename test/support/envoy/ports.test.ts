import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { PROJECT } from "../../../tools/project.ts";
import { freePort } from "./ports.ts";

/** Claims ports from 30000 to 30399 in a process of its own, which keeps them until the test ends. */
async function claimed(t: TestContext, count: number): Promise<number[]> {
  const program = `
    const { freePort } = await import(${JSON.stringify(new URL("./ports.ts", import.meta.url).href)});
    const ports = [];
    for (let i = 0; i < ${count}; i++) ports.push(await freePort(30_000, 30_399));
    console.log(JSON.stringify(ports));
    process.stdin.resume();`;
  const command = ["--import", "tsx", "--input-type=module", "--eval", program];
  const child = spawn(process.execPath, command, { cwd: PROJECT, stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.stdin.end());
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  while (!printed.includes("\n")) await once(child.stdout, "data");
  return JSON.parse(printed) as number[];
}

test("no two processes get the same port, nor one that the system gives away by itself", async (t) => {
  const ports = (await Promise.all([claimed(t, 150), claimed(t, 150)])).flat();

  assert.equal(ports.length, 300);
  assert.equal(new Set(ports).size, 300);
  const one = await freePort();
  assert.ok(one >= 20_000 && one < 32_768, `${one}`);
});
