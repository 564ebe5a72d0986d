/**
 * Lists every text of the filters and of the command that a person may read: errors, warnings, log lines, help. Reading
 * them one after the other shows which are not plain, or say the same in two ways. `make messages`; with folders as
 * arguments only those.
 */
import { filesBelow, isModuleSource } from "./project.ts";
import { messagesOf } from "./source-messages.ts";

const FOLDERS = ["assembly", "filters", "modules", "cli"];

const folders = process.argv.slice(2);
const files = (folders.length > 0 ? folders : FOLDERS).flatMap(filesBelow).filter(isModuleSource);
for (const { file, line, text } of files.flatMap(messagesOf)) console.log(`${file}:${line}: ${text}`);
