import { Failure } from "../failure.ts";
import { isLabelName, isLabelValue } from "../input/names.ts";

/**
 * `a=b,c=d`, as kubectl's selectors of equality.
 *
 * @throws Failure if it is something else, or no labels that Kubernetes takes
 */
export function labelsOf(option: string, text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  const labels: Record<string, string> = {};
  for (const pair of text.split(",")) {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/.exec(pair.trim()) ?? [];
    if (!isLabelName(name) || !isLabelValue(value)) {
      throw new Failure(`${option} ${text}: expected labels, such as app=httpbin`);
    }
    if (Object.hasOwn(labels, name)) throw new Failure(`${option} ${text}: ${name} is given twice`);
    labels[name] = value;
  }
  return labels;
}
