/**
 * A thread that reviews one request after the other, each with a fresh instance of the filter (`configure`). The server ends the
 * thread if a request takes too long or too much memory, and starts another.
 */
import { parentPort, workerData } from "node:worker_threads";
import { carriedModules } from "../carried.ts";
import { reviewOf } from "./answer.ts";
import { judge } from "./judge.ts";
import type { Report, ReviewerData, Task } from "./messages.ts";
import { MalformedReview, readReview } from "./review.ts";

const { images } = workerData as ReviewerData;

function say(report: Report): void {
  parentPort?.postMessage(report);
}

/** Has everything compiled that a review needs, so that the first one is as fast as the others. */
function warmUp(): void {
  const metadata = { name: "warm-up", namespace: "default" };
  const named = { uid: "warm-up", operation: "CREATE", name: "", namespace: "", user: "", subResource: "" } as const;
  for (const filter of carriedModules()) {
    const plugin = { url: `${filter}.wasm`, pluginConfig: {} };
    for (const [kind, spec] of Object.entries({ WasmPlugin: plugin, TrafficExtension: { wasm: plugin } })) {
      const object = { apiVersion: "extensions.istio.io/v1alpha1", kind, metadata, spec };
      judge({ ...named, kind, object, oldObject: undefined }, []);
    }
  }
}

function review({ body }: Task): void {
  try {
    const request = readReview(body);
    const { uid, operation, kind, namespace, name, user } = request;
    say({ type: "begun", about: { uid, operation, kind, namespace, name, user } });
    const answer = judge(request, images);
    say({ type: "reviewed", body: reviewOf(answer), allowed: answer.allowed, message: answer.message });
  } catch (error) {
    if (error instanceof MalformedReview) say({ type: "malformed", message: error.message });
    else say({ type: "failed", message: (error as Error).stack ?? String(error) });
  }
}

warmUp();
parentPort?.on("message", review);
say({ type: "ready" });
