import { Outcome } from "../../assembly/plugin/outcome";
import { Stream } from "../../assembly/plugin/stream";
import { readRequestHeaders } from "../../assembly/request/request";
import { StreamState, endState, releaseState } from "./stream-state";
import { Errand } from "./errand";
import { Plan } from "./plan";
import { Exporter } from "./reporting/exporter";
import { JaegerRemote } from "./sampling/jaeger-remote";
import { passUnread, propagate } from "./propagate";

export { activate } from "./activate";
export { readPlan as read } from "./read-plan";

/** Without a configuration a request keeps the trace headers that it came with. */
export function unconfigured(): Outcome {
  return Outcome.CONTINUE;
}

/** Gives the request the trace headers that it goes on with. */
export function onRequestHeaders(plan: Plan, stream: Stream<StreamState>): Outcome {
  if (readRequestHeaders()) propagate(plan, stream);
  else passUnread(plan, stream);
  return Outcome.CONTINUE;
}

/** Spans are due to be sent, or strategies to be asked for. */
export function onTimer(errand: Errand, root: u32): void {
  if (errand.asks) changetype<JaegerRemote>(errand).due(root);
  else changetype<Exporter>(errand).due();
}

/** The collector or Jaeger has answered. */
export function onAnswer(errand: Errand, headers: u32, bodySize: u32): void {
  if (errand.asks) changetype<JaegerRemote>(errand).answered(headers, bodySize);
  else changetype<Exporter>(errand).answered(headers, bodySize);
}

/** The configuration goes, with all of its streams: true if no span waits, else its root must stay until they are sent. */
export function onDone(plan: Plan): bool {
  const remote = plan.sampler.remote;
  if (remote != null) remote.close();
  const reporting = plan.reporting;
  return reporting == null || reporting.exporter.close();
}

/** The stream is over, and its request's headers can be read as they were sent on. */
export function onEnd(state: StreamState): void {
  endState(state);
}

/** The stream's configuration goes, or the stream is gone: its request is in flight no longer. */
export function forget(word: usize): void {
  releaseState(changetype<StreamState>(word));
}
