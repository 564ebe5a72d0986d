import { explain } from "../../cli/decision/explain.ts";
import { loadPlugins } from "../../cli/decision/load.ts";
import { parseRequest } from "../../cli/decision/request.ts";
import { Failure } from "../../cli/failure.ts";
import { hasErrors } from "../../cli/finding.ts";
import { documentsIn } from "../../cli/input/documents.ts";
import { STANDARD_INPUT } from "../../cli/input/files.ts";
import { pluginOf } from "../../cli/input/plugin.ts";
import { resourcesOf } from "../../cli/input/resource.ts";
import { streams } from "../../cli/output/streams.ts";
import { validate } from "../../cli/validate/validate.ts";
import type { Answer, Question } from "../protocol.ts";

/**
 * Answers a question as the command does: the findings of `signalbox validate`, and if there is no error the decisions of
 * `signalbox explain`. The configuration is what the command would read from standard input. It never throws.
 */
export function answer({ id, config, request, filter }: Question): Answer {
  streams.input = () => config;
  try {
    const named = namesFilter(config) ? undefined : filter;
    const { findings } = validate([STANDARD_INPUT], named);
    if (hasErrors(findings)) return { id, findings, decisions: [] };
    return { id, findings, ...decisions(request, named) };
  } catch (error) {
    return { id, findings: [], decisions: [], failure: said(error) };
  }
}

function decisions(text: string, filter: string | undefined): Pick<Answer, "decisions" | "failure"> {
  try {
    const request = parseRequest(text, "the request");
    const plugins = loadPlugins(STANDARD_INPUT, { filter }, { record: true });
    return { decisions: plugins.map((plugin) => explain(plugin, request)) };
  } catch (error) {
    return { decisions: [], failure: said(error) };
  }
}

/** Whether a resource of the text says by itself which filter it is for. */
function namesFilter(config: string): boolean {
  const resources = documentsIn({ name: STANDARD_INPUT, text: config }, []).flatMap(resourcesOf);
  return resources.some((resource) => pluginOf(resource, undefined)?.filter !== undefined);
}

/** A failure is for the user; anything else is a fault of the page, which a report of it needs whole. */
function said(error: unknown): string {
  if (error instanceof Failure) return error.message;
  return `the playground failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
