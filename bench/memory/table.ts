import { WORKERS } from "./figures.ts";

/** What one thing takes with each number of workers, in MiB. */
export interface Row {
  title: string;
  figures: readonly number[];
}

/** A table with a column for each number of workers, and one for what each worker past the first takes. */
export function tableOf(what: string, rows: readonly Row[]): string {
  const columns = WORKERS.map((workers) => `${workers} ${workers === 1 ? "worker" : "workers"}`);
  const head = `| ${[what, ...columns, "each further worker"].join(" | ")} |\n|---|${"---|".repeat(columns.length + 1)}`;
  return [head, ...rows.map(row)].join("\n");
}

function row({ title, figures }: Row): string {
  const perWorker = (figures.at(-1)! - figures[0]!) / (WORKERS.at(-1)! - WORKERS[0]);
  return `| ${[title, ...figures.map((figure) => figure.toFixed(1)), perWorker.toFixed(1)].join(" | ")} |`;
}
