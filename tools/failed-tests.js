/**
 * A reporter for Node's test runner that gives the failed tests alone, a few lines each: the file, the names of the test and of
 * those around it, and the beginning of the error. Whoever sees just the end of a long run then sees what failed.
 *
 * JavaScript, because Node loads reporters before it loads tsx.
 */
import { relative } from "node:path";

/** How many lines of an error are shown. The whole error stands where the test ran. */
const LINES = 8;

/**
 * Takes the events of a run, as Node gives them to a reporter, and gives the text. A test that failed only because a test inside
 * it failed is left out.
 *
 * @param {AsyncIterable<import("node:test/reporters").TestEvent>} events
 */
export default async function* failedTests(events) {
  /** @type {string[]} */
  const around = [];
  for await (const event of events) {
    if (event.type === "test:start") around.splice(event.data.nesting, Infinity, event.data.name);
    if (event.type !== "test:fail" || event.data.todo !== undefined) continue;
    const { name, nesting, file = "", details } = event.data;
    const { failureType, cause, message } = details.error;
    if (failureType === "subtestsFailed") continue;
    const names = [...around.slice(0, nesting), name].join(" > ");
    yield `${relative(process.cwd(), file)}: ${names}\n`;
    const error = cause instanceof Error ? cause.message : message;
    for (const text of error.split("\n").slice(0, LINES)) yield `    ${text}\n`;
  }
}
