import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { EditorView, basicSetup } from "codemirror";
import { tags } from "@lezer/highlight";
import type { Finding } from "../../cli/finding.ts";
import { completion } from "./completion.ts";
import type { Schema } from "./offers.ts";

/** An editor of YAML. Tab leaves it, as keyboard users need (WCAG 2.1.2). */
export interface Editor {
  readonly text: string;
  /** Puts another text in its place. */
  write(text: string): void;
  /** Marks the places that findings are about. */
  mark(findings: readonly Finding[]): void;
}

/** Colours of the page's own, so that the editor is light or dark as the page is. */
const COLOURS = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
    { tag: [tags.comment, tags.meta], color: "var(--muted)" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  ]),
);

const THEME = EditorView.theme({
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { background: "var(--panel)", color: "var(--muted)", borderRightColor: "var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in srgb, var(--accent) 9%, transparent)" },
  ".cm-tooltip": { background: "var(--panel)", color: "var(--text)", borderColor: "var(--line)" },
});

/**
 * Makes an editor in an element of the page.
 *
 * @param label what screen readers call it
 * @param schemaOf by which a document is completed
 * @param changed called after each change, whoever made it
 */
export function makeEditor(
  parent: Element,
  label: string,
  schemaOf: (document: string) => Schema | undefined,
  changed: () => void,
): Editor {
  const view = new EditorView({
    parent,
    extensions: [
      basicSetup,
      yaml(),
      completion(schemaOf),
      COLOURS,
      THEME,
      lintGutter(),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label }),
      EditorView.updateListener.of(({ docChanged }) => {
        if (docChanged) changed();
      }),
    ],
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    write(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    mark(findings) {
      view.dispatch(
        setDiagnostics(
          view.state,
          findings.map((finding) => diagnostic(view, finding)),
        ),
      );
    },
  };
}

/** A finding marks the rest of its line; its place may be of a text that has since become shorter. */
function diagnostic({ state: { doc } }: EditorView, { severity, line, column, path, message }: Finding): Diagnostic {
  const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const start = Math.min(from + Math.max(column, 1) - 1, to);
  return { from: start, to, severity, message: path === "" ? message : `${path}: ${message}` };
}
