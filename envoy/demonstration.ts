/** What `make run` shows of one filter; all else is the same for each (`run.ts`). */
export interface Demonstration {
  /** The filter's name: of its module, of the file to edit, and in Envoy. */
  filter: string;
  /** The format of the line that Envoy prints for each request; if there is none, the filter's own log says it. */
  accessLog?: string;
  /** Commands to try; `url` is where Envoy answers, without a path. */
  commands(url: string): string[];
  /** What is printed for a line that the filter logs at `info`; undefined for those that are not shown. */
  shown?(line: string): string | undefined;
}
