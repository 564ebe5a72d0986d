import type { Explanation } from "../cli/decision/explain.ts";
import type { Finding } from "../cli/finding.ts";

/** What the user has written: all that a link to a state carries. */
export interface State {
  /** The filter that a pluginConfig alone is for; a WasmPlugin names its own. */
  readonly filter: string;
  /** A WasmPlugin, or a pluginConfig alone, in YAML. */
  readonly config: string;
  /** The request in YAML, with the fields of `signalbox explain --request`. */
  readonly request: string;
}

/** What the page asks the worker. */
export interface Question extends State {
  /** Counts up, so that an answer to an older question is known. */
  readonly id: number;
}

/** What the worker answers: what `signalbox validate` and `signalbox explain` say. */
export interface Answer {
  readonly id: number;
  readonly findings: readonly Finding[];
  /** One for each plugin of the file; none if it is refused. */
  readonly decisions: readonly Explanation[];
  /** Why there is no decision, if no finding says so. */
  readonly failure?: string;
}

/** A configuration and a request to begin with. */
export interface Example extends State {
  /** The name of its file, without the ending. */
  readonly name: string;
}
