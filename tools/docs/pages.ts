import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** A link of a page: its whole element, its target, and the text in it. */
const LINK = /<a\b[^>]*?\shref="([^"]*)"[^>]*>([^]*?)<\/a>/g;
const HEADING = /<h([1-6])\b([^>]*)>([^]*?)<\/h\1>/g;

/**
 * Mends what the generator leaves of links that a Git host takes: a link to a folder or to a file without a page is its text, and headings
 * have the anchors that a Git host gives them.
 *
 * @returns the links that lead nowhere, a line each
 */
export function mendPages(folder: string): string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
  const texts = new Map(
    pages.map((name) => [join(folder, name), withAnchors(readFileSync(join(folder, name), "utf8"))]),
  );
  const dead: string[] = [];
  for (const [file, text] of texts) {
    const mended = text.replace(LINK, (whole, href: string, inside: string) => {
      if (href === "" || href.startsWith("#") || /^[a-z]+:/.test(href)) return whole;
      const [path = "", anchor = ""] = decodeURI(href).split("#");
      const target = resolve(dirname(file), path.split("?")[0] ?? "");
      // A page of the project's own files that the site does not have, such as a folder.
      if (!existsSync(target)) return isAside(href) ? inside : lost(href, whole);
      const page = texts.get(target);
      const found = anchor === "" || page === undefined || page.includes(` id="${anchor}"`);
      return found ? whole : lost(href, whole);
    });
    texts.set(file, mended);
    function lost(href: string, whole: string): string {
      dead.push(`${relative(folder, file)}: ${href}`);
      return whole;
    }
  }
  for (const [file, text] of texts) writeFileSync(file, text);
  return dead;
}

/** Whether a link that has no page leads to a folder: the generator copies files only, and leaves such a link as it was written. */
function isAside(href: string): boolean {
  return !/\.[a-z]+(?:#|$)/.test(href);
}

/** The page with an anchor of its text at each heading, as GitHub makes them. */
function withAnchors(page: string): string {
  const seen = new Map<string, number>();
  return page.replace(HEADING, (whole, level: string, attributes: string, inside: string) => {
    const text = inside
      .replace(/<[^>]*>/g, "")
      .replaceAll("&amp;", "&")
      .replace(/&[a-z]+;/g, "")
      .trim();
    const plain = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const times = seen.get(plain) ?? 0;
    seen.set(plain, times + 1);
    const id = times === 0 ? plain : `${plain}-${times}`;
    if (page.includes(` id="${id}"`) || plain === "") return whole;
    return `<h${level}${attributes}><span id="${id}"></span>${inside}</h${level}>`;
  });
}
