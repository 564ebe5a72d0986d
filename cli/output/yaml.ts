import { Document } from "yaml";

/**
 * A document of YAML with `---` before it, so that texts of several can be joined, and its comment on top. What kubectl would
 * read as something else than a string (`yes`, `on`) is quoted.
 */
export function yamlDocument(value: unknown, comment: readonly string[]): string {
  const document = new Document(value, { schema: "yaml-1.1", version: "1.2", aliasDuplicateObjects: false });
  if (document.contents !== null) document.contents.commentBefore = comment.map((line) => ` ${line}`).join("\n");
  return `---\n${document.toString({ lineWidth: 0, flowCollectionPadding: true })}`;
}
