import { html, nothing, type TemplateResult } from "lit-html";
import { codeOf } from "../../cli/codes/codes.ts";
import type { Explanation, SectionExplanation } from "../../cli/decision/explain.ts";
import type { Values } from "../../cli/decision/headers.ts";
import type { Finding } from "../../cli/finding.ts";
import { decisionLines } from "../../cli/output/decision.ts";
import type { Answer } from "../protocol.ts";

/** An answer as the page shows it. lit-html escapes whatever the user wrote. */
export function resultOf({ findings, decisions, failure }: Answer): TemplateResult {
  const refused = findings.some(({ severity }) => severity === "error");
  return html`
    ${refused ? html`<p class="outcome error">The plugin is refused.</p>` : nothing}
    ${failure === undefined ? nothing : html`<pre class="error">${failure}</pre>`}
    ${decisions.map((decision) => decisionPart(decision, decisions.length > 1))}
    ${
      findings.length === 0
        ? nothing
        : html`<ul id="findings">
            ${findings.map(findingItem)}
          </ul>`
    }
  `;
}

function findingItem({ severity, line, column, path, message }: Finding): TemplateResult {
  const where = path === "" ? nothing : html`<code>${path}</code>: `;
  const code = codeOf(message);
  return html`<li class=${severity}>
    ${severity} in line ${line}, column ${column}: ${where}${message}${code === undefined ? nothing : ` [${code}]`}
  </li>`;
}

function decisionPart(decision: Explanation, named: boolean): TemplateResult {
  const { plugin, filter, outcome, answer, delay, sections, came, sends, answers, counters, logs, calls } = decision;
  const what = answer === undefined ? outcome : `${outcome} ${answer.status} (${answer.details})`;
  const held = delay === undefined ? "" : `, after ${delay}`;
  return html`
    ${named ? html`<h3>${plugin}</h3>` : nothing}
    <p class="outcome ${outcome}" data-outcome=${outcome}>${what}${held}</p>
    <p class="muted">by ${filter}</p>
    <pre>${whyLines(decision).join("\n")}</pre>
    ${sections === undefined ? nothing : sections.map(sectionPart)}
    ${headersTable("Request headers", "as it comes", came, "as the service gets it", sends)}
    ${headersTable("Response headers", "", undefined, "as the client gets it", answers)}
    ${
      answer === undefined || answer.body === ""
        ? nothing
        : html`<h3>Body</h3>
            <pre>${answer.body}</pre>`
    }
    ${listPart("Counters that went up", counters)} ${listPart("Log lines", logs)} ${listPart("Host calls", calls)}
  `;
}

/** What the command prints, without what the page shows in tables and lists, and without its options. */
function whyLines({ answer: _, sections, ...decision }: Explanation): string[] {
  const told = { ...decision, request: {}, response: {}, counters: [], logs: [], calls: [] };
  const lines = decisionLines({ ...told, ...(sections !== undefined && { sections: [] }) }, true);
  return lines.slice(1).map((line) => line.replace(/ \(--[^)]*\)/g, ""));
}

function sectionPart({ section, outcome, rule, because, answer }: SectionExplanation): TemplateResult {
  const what = answer === undefined ? outcome : `${outcome} ${answer.status}`;
  const why = because === undefined ? nothing : html`: ${because}`;
  return html`<p>
    <strong>${section}</strong>: ${what}${rule === undefined ? nothing : html`, rule <code>${rule}</code>`}${why}
  </p>`;
}

function headersTable(
  title: string,
  before: string,
  came: Values | undefined,
  after: string,
  goes: Values | undefined,
): TemplateResult | typeof nothing {
  const names = [...new Set([...Object.keys(came ?? {}), ...Object.keys(goes ?? {})])].sort();
  if (names.length === 0) return nothing;
  const text = (values: Values | undefined, name: string): string => values?.[name]?.join(" | ") ?? "";
  return html`
    <table>
      <caption class="muted">
        ${title}
      </caption>
      <thead>
        <tr>
          <th scope="col">name</th>
          ${came === undefined ? nothing : html`<th scope="col">${before}</th>`}
          ${goes === undefined ? nothing : html`<th scope="col">${after}</th>`}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (name) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${came === undefined ? nothing : html`<td>${text(came, name)}</td>`}
              ${goes === undefined ? nothing : html`<td>${changed(text(came, name), text(goes, name), came !== undefined)}</td>`}
            </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/** A change is said in words and not by colour alone. */
function changed(before: string, after: string, compared: boolean): TemplateResult | string {
  if (!compared || before === after) return after;
  if (after === "") return html`<em>removed</em>`;
  return html`${after} <em>${before === "" ? "(added)" : "(changed)"}</em>`;
}

function listPart(title: string, items: readonly string[]): TemplateResult | typeof nothing {
  if (items.length === 0) return nothing;
  return html`<details open>
    <summary>${title} (${items.length})</summary>
    <pre>${items.join("\n")}</pre>
  </details>`;
}
