import { configure } from "../filter/configured.ts";
import type { Finding } from "../finding.ts";
import { messagePosition } from "../input/message-position.ts";
import { isWithin, shownPath, splitMessage, type Path } from "../input/path.ts";
import type { Plugin } from "../input/plugin.ts";
import { positionOf } from "../input/position.ts";
import { withQuoting } from "./hints.ts";
import { pastedResources } from "./pasted.ts";
import { linesOfTried } from "./tried.ts";

/**
 * What the compiled filter says of a pluginConfig, each line where it stands in the file.
 *
 * @throws Failure where the filter is not built
 */
export function checkPlugin(plugin: Plugin): Finding[] {
  const { filter } = plugin;
  if (filter === undefined) {
    const place = positionOf(plugin.source, plugin.at.slice(0, -1));
    return [{ ...place, severity: "warning", path: "pluginConfig", message: plugin.unknown }];
  }
  const pasted = pastedResources(plugin.config);
  const { errors, warnings } = configure(filter, plugin.config, plugin.workload);
  const finding = (severity: Finding["severity"], line: string): Finding[] => {
    const { path, written, message } = splitMessage(line);
    if (pasted.some((one) => isWithin(path, one.path))) return [];
    const shown = withHint(plugin, path, message);
    return [
      { ...messagePosition(plugin.source, plugin.at, path, message), severity, path: written, message: shown, filter },
    ];
  };
  return [
    ...pasted.map(({ path, message }): Finding => {
      const shown = path.length === 0 ? "pluginConfig" : shownPath(path);
      return {
        ...messagePosition(plugin.source, plugin.at, path, message),
        severity: "error",
        path: shown,
        message,
        filter,
      };
    }),
    ...errors.flatMap((line) => finding("error", line)),
    ...warnings.flatMap((line) => finding("warning", line)),
    ...(errors.length > 0 ? [] : linesOfTried(plugin)).flatMap((line) => finding("warning", line)),
  ];
}

/** A message with what to write instead, as far as the file tells it and the configuration does not. */
function withHint({ source, at }: Plugin, path: Path, message: string): string {
  const key = /^unknown field "(true|false)"/.exec(message)?.[1];
  if (key === undefined) return withQuoting(source, [...at, ...path], message);
  return `${message}; kubectl reads ${key === "true" ? "on, yes and y" : "off, no and n"} as ${key}: quote the name`;
}
