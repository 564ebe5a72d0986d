/** The way from a document's root to a value in it: names of fields and places in lists. */
export type Path = readonly (string | number)[];

const STEP = /^(?:\.?([A-Za-z0-9_]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\])/;

/**
 * The path at the start of a filter's message, and what stands behind it: of `virtualServices[0].headers["a-b"]: wrong`
 * the path of four steps and `wrong` (`assembly/config/place.ts` writes it). `pluginConfig` is the root. A text without a
 * path is all message.
 */
export function splitMessage(text: string): { path: Path; written: string; message: string } {
  const path: (string | number)[] = [];
  let at = 0;
  for (let step = STEP.exec(text); step !== null; step = STEP.exec(text.slice(at))) {
    const [whole, name, place, quoted] = step;
    path.push(place !== undefined ? Number(place) : (name ?? unquoted(quoted ?? "")));
    at += whole.length;
  }
  if (!text.startsWith(": ", at)) return { path: [], written: "pluginConfig", message: text };
  const root = at === "pluginConfig".length && path[0] === "pluginConfig";
  return { path: root ? [] : path, written: text.slice(0, at), message: text.slice(at + ": ".length) };
}

/** Whether a path is `prefix`, or leads on from it. */
export function isWithin(path: Path, prefix: Path): boolean {
  return prefix.every((step, place) => path[place] === step);
}

/** A path as the filters write it. */
export function shownPath(path: Path): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[A-Za-z0-9_]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return steps.join("").replace(/^\./, "");
}

function unquoted(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
