/**
 * `make push REGISTRY=host/path [TAG=…]`: pushes the images of every filter to `host/path/<filter>`: the compat form as
 * `TAG`, the artifact form as `TAG-artifact`. Prints each with the digest of its manifest. Without TAG it is the
 * project's version.
 */
import { moduleNames } from "../../tools/project.ts";
import { aboutAdmission, admissionImage } from "../admission.ts";
import type { Form, Image } from "../image.ts";
import type { About } from "../labels.ts";
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

/** Pushes the images of all filters, in order; throws `RegistryError` at the first that fails. */
export async function push(registry: string, tag: string, tell: (line: string) => void): Promise<Pushed[]> {
  const pushed: Pushed[] = [];
  for (const filter of moduleNames()) {
    const { about, unknown } = aboutFilter(filter);
    pushed.push(...(await pushImages(registry, tag, { about, unknown, images: imagesOf(filter, about) }, tell)));
  }
  return pushed;
}

/** Pushes the image of the webhook; throws as `push` does. */
export async function pushAdmission(registry: string, tag: string, tell: (line: string) => void): Promise<Pushed[]> {
  const { about, unknown } = aboutAdmission();
  return await pushImages(registry, tag, { about, unknown, images: [admissionImage(about)] }, tell);
}

/** Images of one name. */
interface Made {
  about: About;
  /** Why the commit is not known, if so. */
  unknown: string | undefined;
  images: Image[];
}

async function pushImages(
  registry: string,
  tag: string,
  { about, unknown, images }: Made,
  tell: (line: string) => void,
): Promise<Pushed[]> {
  const address = readAddress(registry);
  checkTag(`${tag}-artifact`);
  const { filter } = about;
  if (unknown !== undefined) tell(`${filter}: the image has no revision: ${unknown}.`);
  if (about.commit?.revision.endsWith("-dirty")) tell(`${filter}: not all that it is made of is committed.`);
  const repository = new Repository(
    new Connection(address, repositoryOf(address, filter), credentialsFor(address.host)),
  );
  const pushed: Pushed[] = [];
  for (const image of images) {
    const own = image.form === "compat" ? tag : `${tag}-${image.form}`;
    await repository.push(image, own);
    const { digest } = image.manifest.descriptor;
    pushed.push({ filter, name: `${repository.name}:${own}`, digest, form: image.form });
    tell(`${repository.name}:${own}  ${digest}`);
  }
  return pushed;
}
