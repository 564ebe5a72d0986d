import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { offersAt, type Schema } from "./offers.ts";

/** Completes what a schema has for the place of the cursor, while one types and by Ctrl-Space. */
export function completion(schemaOf: (document: string) => Schema | undefined): Extension {
  function source({ state, pos, explicit }: CompletionContext): CompletionResult | null {
    const { from, offers } = offersAt(state.doc.toString(), pos, schemaOf);
    if (offers.length === 0 || (from === pos && !explicit)) return null;
    const options = offers.map(({ text, description, isField }): Completion => {
      return {
        label: text,
        apply: isField ? `${text}: ` : text,
        info: description,
        type: isField ? "property" : "enum",
      };
    });
    return { from, options, validFor: /^[\w.[\]-]*$/ };
  }
  return autocompletion({ override: [source] });
}
