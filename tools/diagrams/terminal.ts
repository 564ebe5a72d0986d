import { bar, svg, text } from "../svg.ts";

/** What a terminal shows: where it stands as text, where its picture is, and what it is a picture of. */
export interface Terminal {
  readonly lines: string;
  readonly picture: string;
  readonly title: string;
}

export const TERMINALS: readonly Terminal[] = [
  {
    lines: "docs/pictures/run.txt",
    picture: "docs/pictures/run.svg",
    title: "What make run shows: Jason goes to v2, a tenth is slow, POST is denied, and B3 becomes W3C trace context",
  },
  {
    lines: "docs/pictures/doctor.txt",
    picture: "docs/pictures/doctor.svg",
    title: "What trace doctor says: productpage drops the context of its calls, which spans show it, and what mends it",
  },
];

/** Of the font, in user units: a character of a monospaced font is 0.6 of its size wide. */
const SIZE = 12;
const CHARACTER = 0.6 * SIZE;
const LINE = 18;
const MARGIN = 14;

const STYLE = `
text { font: ${SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre }
.typed { font-weight: 600 }
.ground { fill: #f6f8fa }
@media (prefers-color-scheme: dark) { .ground { fill: #161b22 } }`;

/** The picture of a terminal with these lines. What was typed, after `$ `, is bold. */
export function terminal(content: string, title: string): string {
  const lines = content.trimEnd().split("\n");
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER) + 2 * MARGIN;
  const height = lines.length * LINE + 2 * MARGIN;
  const shown = lines.map((line, row) => {
    return text(MARGIN, MARGIN + (row + 0.75) * LINE, line, line.startsWith("$ ") ? "typed" : "");
  });
  return svg(width, height, title, [bar(0, 0, width, height, "ground"), ...shown], STYLE);
}
