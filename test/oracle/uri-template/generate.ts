/** Path templates made at random, some of them spoiled, and paths that they are likely to match or to miss narrowly. */
import type { Random } from "../random.ts";

/** A template in Istio's form; about a third of them have a change that makes most of them invalid. */
export function generateTemplate(random: Random): string {
  const segments = random.times(0, 3, () => random.pick(["a", "b.c", "{*}", "x-~", "$&'()+,;=:@!%", "A", "9_"]));
  const rest = random.percent(50) ? ["{**}", ...random.times(0, 2, () => random.pick(["a", "b.c"]))] : ["{*}"];
  const template = `/${[...segments, ...rest].join("/")}${random.pick(["", "", "/"])}`;
  if (random.percent(70)) return template;
  const at = random.int(template.length + 1);
  const spoiler = random.pick(["/", "=", "a", "{*}", "{**}", "*", "?", "é", "/=/", "//", "}"]);
  return random.percent(20) ? template.slice(1) : template.slice(0, at) + spoiler + template.slice(at);
}

/** A path that a template may match, as Latin-1: operators filled in, then often changed in one place. */
export function generatePath(random: Random, template: string): string {
  const one = (): string => random.times(1, 3, () => random.pick([..."aZ0-._~%!$&'()*+,;=:@"])).join("");
  const any = (): string => random.times(0, 4, () => random.pick(["a", "/", "b.c", "@", "/a"])).join("");
  const path = template.replaceAll("{**}", any).replaceAll("{*}", one);
  if (random.percent(50)) return path;
  const at = random.int(path.length + 1);
  const other = random.pick(["", "/", "=", "*", "a", "/a", "\xe9", "[", "\x7f", " ", "{", "%2f", '"', "\\", "|", "^"]);
  return path.slice(0, at) + other + path.slice(at + random.int(2));
}
