import { Action } from "../host/status";

/** What a filter's hook did with a request or response. What the proxy is told of it is the frame's business. */
export const enum Outcome {
  /** It goes on to what follows. */
  CONTINUE,
  /** The filter answers it, or has tried to: nothing that follows may see it. */
  ANSWERED,
  /** It is held until the filter lets it go on. Only the last filter of a module may do so. */
  HELD,
}

/** The action that tells the proxy of an outcome. */
export function actionOf(outcome: Outcome): Action {
  if (outcome == Outcome.CONTINUE) return Action.CONTINUE;
  return outcome == Outcome.HELD ? Action.HOLD : Action.PAUSE;
}
