/** What `make demo` tells: a trace that breaks, who breaks it, and what the plugin makes of it. */
import { plainDoctor } from "./doctor.ts";
import { SPANS_OF_A_REQUEST } from "../bookinfo.ts";
import { PLUGIN } from "../plugin.ts";
import { circuitOpens } from "./circuit.ts";
import { faultIsInjected } from "./fault.ts";
import { reported } from "./report.ts";
import { applyPlugin, type Scene } from "./scene.ts";
import { send, spansSince } from "./traffic.ts";

/** Requests for the page in each part. */
export const REQUESTS = 24;

const PASSED = {
  none: "no header of the request",
  "x-request-id": "x-request-id, and no trace headers",
  all: "all trace headers",
} as const;

/** Tells the story, each part with what was seen in it. Throws if a part does not come about. */
export async function tellStory(scene: Scene): Promise<void> {
  const { say, propagate, traces } = scene;
  say(`\n1. Envoy's own tracer. The services pass on ${PASSED[propagate]}.`);
  const before = Date.now();
  await send(scene, REQUESTS);
  const broken = await spansSince(scene, before, REQUESTS * SPANS_OF_A_REQUEST);
  say(`   ${REQUESTS} requests for /productpage. signalbox trace doctor ${traces} says:\n`);
  say(indented(plainDoctor(broken)));

  say(`\n2. Every proxy gets the plugin in ${PLUGIN}, and its own tracer is off. The services stay as they are.`);
  await applyPlugin(scene);
  const after = Date.now();
  await send(scene, REQUESTS);
  const spans = await spansSince(scene, after, REQUESTS * SPANS_OF_A_REQUEST);
  say(`   ${REQUESTS} requests more. Of these the doctor says:\n`);
  say(indented(plainDoctor(spans)));

  say("\n3. Where the time goes. Each service was told how long to take at least; the report knows only the spans:\n");
  say(indented(reported(spans)));

  await circuitOpens(scene);
  await faultIsInjected(scene);
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => (line === "" ? "" : `     ${line}`)).join("\n");
}
