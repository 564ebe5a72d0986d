/** The few SVG elements that charts and diagrams are made of. Coordinates are in user units; colours follow the page's theme. */

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600; font-size: 14px }
.quiet { fill: #57606a; font-size: 11px }
.grid { stroke: #d0d7de; stroke-width: 1 }
.spread { stroke: #24292f; stroke-width: 1.5 }
.ours { fill: #0969da; stroke: #0969da }
.other { fill: #8c959f; stroke: #8c959f }
polyline { fill: none !important; stroke-width: 2 }
rect { stroke: none !important }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .quiet { fill: #8d96a0 } .grid { stroke: #30363d } .spread { stroke: #e6edf3 }
  .ours { fill: #4493f8; stroke: #4493f8 } .other { fill: #6e7681; stroke: #6e7681 }
}`;

/** A document of that size on no background of its own, with a title for who cannot see it, and further rules of style. */
export function svg(width: number, height: number, title: string, content: readonly string[], style = ""): string {
  const root = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`;
  return `${root}\n<title>${escape(title)}</title>\n<style>${STYLE}${style}</style>\n${content.join("\n")}\n</svg>\n`;
}

export function text(
  x: number,
  y: number,
  content: string,
  kind = "",
  anchor: "start" | "middle" | "end" = "start",
): string {
  return `<text x="${at(x)}" y="${at(y)}" class="${kind}" text-anchor="${anchor}">${escape(content)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`;
}

export function bar(x: number, y: number, width: number, height: number, kind: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(0, width))}" height="${at(height)}" rx="2" class="${kind}"/>`;
}

export function polyline(points: readonly (readonly [x: number, y: number])[], kind: string): string {
  return `<polyline points="${points.map(([x, y]) => `${at(x)},${at(y)}`).join(" ")}" class="${kind}"/>`;
}

export function dot(x: number, y: number, kind: string): string {
  return `<circle cx="${at(x)}" cy="${at(y)}" r="3.5" class="${kind}"/>`;
}

/** A line through points that ends in an arrowhead; `arrowheads` must be in the document. */
export function arrow(points: readonly (readonly [x: number, y: number])[], kind = ""): string {
  return polyline(points, `arrow ${kind}`.trimEnd()).replace("/>", ` marker-end="url(#head)"/>`);
}

/** What the ends of arrows are made of. */
export function arrowheads(): string {
  const size = 'viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"';
  return `<defs><marker id="head" ${size} orient="auto"><path d="M0 1 9 5 0 9z" class="head"/></marker></defs>`;
}

function at(coordinate: number): string {
  return String(Math.round(coordinate * 10) / 10);
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
