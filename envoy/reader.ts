/**
 * Reads the edited file in a thread of its own: a file of megabytes takes seconds, in which the upstreams go on answering
 * and Envoy's log goes on being read.
 */
import { once } from "node:events";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { located, readEdited, type Read } from "./edited.ts";

/** What a reader is asked: to read a file, or to say where in it the filter's messages are about. */
type Question = { readonly file: string } | { readonly said: readonly string[] };

/** A pluginConfig as JSON, or why there is none. */
export type Answer = { readonly json: string } | { readonly problems: readonly string[] };

/** The thread that reads. It is asked one question at a time. */
export class Reader {
  private turn: Promise<unknown> = Promise.resolve();
  private readonly worker = new Worker(new URL("./reader-thread.mjs", import.meta.url));

  constructor() {
    this.worker.unref();
  }

  /** Reads a file (`readEdited`). */
  async read(file: string): Promise<Answer> {
    return (await this.ask({ file })) as Answer;
  }

  /** The filter's messages about what was read last, each with its place in the file. */
  async located(said: readonly string[]): Promise<string[]> {
    return (await this.ask({ said })) as string[];
  }

  close(): void {
    void this.worker.terminate();
  }

  private ask(question: Question): Promise<unknown> {
    const answer = this.turn.then(async () => {
      this.worker.postMessage(question);
      const [message] = (await once(this.worker, "message")) as [unknown];
      return message;
    });
    this.turn = answer.catch(() => {});
    return answer;
  }
}

if (!isMainThread) {
  let last: Read = { problems: [] };
  parentPort?.on("message", (question: Question) => {
    if ("file" in question) {
      last = readEdited(question.file);
      parentPort?.postMessage("json" in last ? { json: last.json } : last);
    } else {
      const read = last;
      parentPort?.postMessage("source" in read ? question.said.map((one) => located(read.source, one)) : question.said);
    }
  });
}
