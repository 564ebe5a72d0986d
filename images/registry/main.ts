/** `make push`: see push.ts; the webhook's image is pushed beside the filters'. What was pushed is then pinned in a copy of manifests/, in build/manifests/. */
import { aboutFilter } from "../project-images.ts";
import { moduleNames } from "../../tools/project.ts";
import { Missing } from "../../tools/envoy-binary.ts";
import { RegistryError } from "./error.ts";
import { push, pushAdmission } from "./push.ts";
import { writePinned } from "../../tools/manifests/pin.ts";

const { REGISTRY, TAG } = process.env;
try {
  if (!REGISTRY)
    throw new RegistryError("make push REGISTRY=host/path [TAG=tag], such as registry.example.com/signalbox");
  const [first = ""] = moduleNames();
  const tag = TAG || aboutFilter(first).about.version;
  const pushed = [...(await push(REGISTRY, tag, console.log)), ...(await pushAdmission(REGISTRY, tag, console.log))];
  writePinned(pushed.filter(({ form }) => form === "compat"));
  console.log("build/manifests/ has the manifests with these images, pinned.");
} catch (error) {
  if (!(error instanceof RegistryError || error instanceof Missing)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
