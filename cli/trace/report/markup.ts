import { svg as drawing } from "../../../tools/svg.ts";

/** Text as HTML: a span can have any name, and none is markup. */
export function html(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** A drawing with a title, and a text that says what it shows. */
export function figure(width: number, height: number, title: string, text: string, content: readonly string[]): string {
  // The page has the styles of all its drawings.
  const drawn = drawing(width, height, title, content).replace(/<style>.*?<\/style>/s, `<desc>${html(text)}</desc>`);
  return `<figure>${drawn}</figure>`;
}

/** A table with a caption. The first cell of a row is its head. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const heads = head.map((cell) => `<th scope="col">${html(cell)}</th>`).join("");
  const lines = rows.map(([first = "", ...others]) => {
    const cells = others.map((cell) => `<td>${html(cell)}</td>`).join("");
    return `<tr><th scope="row">${html(first)}</th>${cells}</tr>`;
  });
  return `<table><caption>${html(caption)}</caption><thead><tr>${heads}</tr></thead><tbody>${lines.join("\n")}</tbody></table>`;
}
