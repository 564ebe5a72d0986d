/**
 * `make push REGISTRY=host/path [TAG=…]`: pushes the images of every filter to `host/path/<filter>`: the compat form as
 * `TAG`, the artifact form as `TAG-artifact`. Prints each with the digest of its manifest. Without TAG it is the
 * project's version.
 */
import { moduleNames } from "../../tools/project.ts";
import type { Form } from "../image.ts";
import { aboutFilter, imagesOf } from "../project-images.ts";
import { checkTag, readAddress, repositoryOf } from "./address.ts";
import { Connection } from "./connection.ts";
import { credentialsFor } from "./credentials.ts";
import { Repository } from "./repository.ts";

/** An image that lies in a registry. */
export interface Pushed {
  filter: string;
  /** With host, path and tag. */
  name: string;
  digest: string;
  form: Form;
}

/** Pushes everything, in order; throws `RegistryError` at the first that fails. */
export async function push(registry: string, tag: string, tell: (line: string) => void): Promise<Pushed[]> {
  const address = readAddress(registry);
  checkTag(`${tag}-artifact`);
  const credentials = credentialsFor(address.host);
  const pushed: Pushed[] = [];
  for (const filter of moduleNames()) {
    const { about, unknown } = aboutFilter(filter);
    if (unknown !== undefined) tell(`${filter}: the image has no revision: ${unknown}.`);
    if (about.commit?.revision.endsWith("-dirty")) tell(`${filter}: not all that it is made of is committed.`);
    const repository = new Repository(new Connection(address, repositoryOf(address, filter), credentials));
    for (const image of imagesOf(filter, about)) {
      const own = image.form === "compat" ? tag : `${tag}-${image.form}`;
      await repository.push(image, own);
      const { digest } = image.manifest.descriptor;
      pushed.push({ filter, name: `${repository.name}:${own}`, digest, form: image.form });
      tell(`${repository.name}:${own}  ${digest}`);
    }
  }
  return pushed;
}
