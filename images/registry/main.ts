/** `make push`: see push.ts. What was pushed is then pinned in a copy of manifests/, in build/manifests/. */
import { aboutFilter } from "../project-images.ts";
import { moduleNames } from "../../tools/project.ts";
import { RegistryError } from "./error.ts";
import { push } from "./push.ts";
import { writePinned } from "../../tools/manifests/pin.ts";

const { REGISTRY, TAG } = process.env;
try {
  if (!REGISTRY)
    throw new RegistryError("make push REGISTRY=host/path [TAG=tag], such as registry.example.com/signalbox");
  const [first = ""] = moduleNames();
  const pushed = await push(REGISTRY, TAG || aboutFilter(first).about.version, console.log);
  writePinned(pushed.filter(({ form }) => form === "compat"));
  console.log("build/manifests/ has the manifests with these images, pinned.");
} catch (error) {
  if (!(error instanceof RegistryError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
