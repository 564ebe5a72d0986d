/** Rules of Prometheus, as its files have them (Prometheus, "Defining recording rules", "Alerting rules"). */

export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** `critical`: requests fail now, or will when pods start. `warning`: somebody should look today. `info`: somebody should know. */
export type Severity = "critical" | "warning" | "info";

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: Severity };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

export interface Group {
  readonly name: string;
  readonly rules: readonly (Recording | Alert)[];
}

/** Where docs/alerts.md can be read: change it to where your clone can, then `make dashboards manifests`. */
const RUNBOOKS = "https://example.com/signalbox/docs/alerts.md";

/** What an alert says, beside when it fires. */
export interface Saying {
  severity: Severity;
  /** One line; `{{ $labels.namespace }}` and the like are filled in. */
  summary: string;
  /** What it means for whoever was woken. */
  description: string;
}

/** An alert of docs/alerts.md, which has a heading with its name. */
export function alert(name: string, expr: string, lasting: string, { severity, ...words }: Saying): Alert {
  const annotations = { ...words, runbook_url: `${RUNBOOKS}#${name.toLowerCase()}` };
  return { alert: name, expr, for: lasting, labels: { severity }, annotations };
}
