/** The page: two editors, a choice of examples, and what the filter makes of both texts. */
import { render } from "lit-html";
import type { Answer, Example, State } from "../protocol.ts";
import { Asker } from "./asker.ts";
import { makeEditor } from "./editor.ts";
import { fragmentOf, stateOf } from "./link.ts";
import { resultOf } from "./result.ts";
import { REQUEST, schemaOf } from "./schemas.ts";

/** Put in by `tools/playground/build.ts`. */
declare const EXAMPLES: readonly Example[];
declare const WORKER: string;

/** How long nothing is to be typed before the filter is asked, in milliseconds. */
const PAUSE = 150;

const filters = [...new Set(EXAMPLES.map(({ filter }) => filter))];
const filterChoice = element("filter", HTMLSelectElement);
const exampleChoice = element("example", HTMLSelectElement);
const link = element("link", HTMLAnchorElement);
const notice = element("notice", HTMLElement);
const result = element("result", HTMLElement);
const config = makeEditor(
  element("config", HTMLElement),
  "Plugin, in YAML",
  (text) => schemaOf(text, filterChoice.value),
  changed,
);
const request = makeEditor(element("request", HTMLElement), "Request, in YAML", () => REQUEST, changed);
const asker = new Asker(WORKER, show);
let timer = 0;

filterChoice.append(...filters.map((name) => new Option(name)));
filterChoice.addEventListener("change", () => choose(filterChoice.value));
exampleChoice.addEventListener("change", () => choose(filterChoice.value, exampleChoice.value));
window.addEventListener("hashchange", begin);
begin();

function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

/** Shows what the address carries, else the first example. */
function begin(): void {
  const fragment = window.location.hash;
  const carried = stateOf(fragment);
  if (carried !== undefined && fragment === fragmentOf(state())) return;
  notice.textContent =
    carried === undefined && fragment.length > 1 ? "The link cannot be read. Here is an example." : "";
  if (carried === undefined) choose(filters.includes("signalbox") ? "signalbox" : (filters[0] ?? ""));
  else write(carried);
}

function choose(filter: string, name?: string): void {
  const example = EXAMPLES.find((one) => one.filter === filter && (name === undefined || one.name === name));
  if (example !== undefined) write(example);
}

function write(given: State): void {
  filterChoice.value = given.filter;
  const ofFilter = EXAMPLES.filter(({ filter }) => filter === given.filter);
  exampleChoice.replaceChildren(...ofFilter.map(({ name }) => new Option(name)));
  exampleChoice.value = ofFilter.find((one) => one.config === given.config)?.name ?? "";
  config.write(given.config);
  request.write(given.request);
}

function state(): State {
  return { filter: filterChoice.value, config: config.text, request: request.text };
}

function changed(): void {
  clearTimeout(timer);
  result.setAttribute("aria-busy", "true");
  timer = window.setTimeout(() => {
    const now = state();
    const fragment = fragmentOf(now);
    link.href = fragment;
    window.history.replaceState(null, "", fragment);
    asker.ask(now);
  }, PAUSE);
}

function show(answer: Answer): void {
  config.mark(answer.findings);
  render(resultOf(answer), result);
  result.setAttribute("aria-busy", "false");
}
