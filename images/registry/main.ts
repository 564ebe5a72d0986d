/** `make push`: see push.ts. */
import { aboutFilter } from "../project-images.ts";
import { filterNames } from "../../tools/project.ts";
import { RegistryError } from "./error.ts";
import { push } from "./push.ts";

const { REGISTRY, TAG } = process.env;
try {
  if (!REGISTRY)
    throw new RegistryError("make push REGISTRY=host/path [TAG=tag], such as registry.example.com/signalbox");
  const [first = ""] = filterNames();
  await push(REGISTRY, TAG || aboutFilter(first).about.version, console.log);
} catch (error) {
  if (!(error instanceof RegistryError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
