import { until } from "../../../envoy/deadline.ts";

/** So often that each workload of a Service had its turn more than once. */
const TIMES = 10;

/** Waits until `condition` holds time after time: at whichever workload of a Service a request ends. */
export async function steadily(what: string, condition: () => Promise<boolean>): Promise<void> {
  let inARow = 0;
  await until(`${what}, ${TIMES} times in a row`, async () => {
    inARow = (await condition()) ? inARow + 1 : 0;
    return inARow === TIMES;
  });
}
