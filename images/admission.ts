/**
 * The image of the webhook `signalbox admission`: from nothing, the Node of this machine with the libraries that it links in one
 * layer, and the command as `make build` has bundled it in another. So its digest depends on this machine, other than those
 * of the filters.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { gzipSync as gzipFast } from "node:zlib";
import { gzipSync } from "fflate";
import { linkedLibraries } from "../envoy/image.ts";
import { Missing } from "../tools/envoy-binary.ts";
import { PROJECT, filesBelow } from "../tools/project.ts";
import { type Blob, blobOf, digestOf, jsonBlob } from "./blob.ts";
import { lastCommitTo } from "./commit.ts";
import { type Image, assembled } from "./image.ts";
import { type About, labelsOf } from "./labels.ts";
import { layoutOf, writeLayout } from "./layout.ts";
import { OCI_CONFIG, OCI_LAYER } from "./media-types.ts";
import { aboutImage } from "./project-images.ts";
import { type TarFile, tar } from "./tar.ts";

/** The image's name, beside those of the filters. */
export const ADMISSION = "admission";

const NODE = "usr/local/bin/node";
/** Where the package lies in the image. */
const FOLDER = "signalbox";
const COMMAND = "cli/signalbox.js";
const BUNDLE = "build/package";
/** Nobody's user, as the manifests have it too. */
const USER = "65532:65532";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** A layer, and the digest of what is in it before it is compressed. */
interface Layer {
  readonly blob: Blob;
  readonly diffId: string;
  readonly createdBy: string;
}

/** What the image says about itself, and in one line why the commit is not known, if so. */
export function aboutAdmission(): { about: About; unknown?: string } {
  return aboutImage(ADMISSION, lastCommitTo(["cli", "emulator", "filters", "modules", "tools/package"]));
}

/**
 * The image.
 *
 * @throws Missing if this machine is no Linux, or the command is not bundled
 */
export function admissionImage(about: About): Image {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== "linux" || architecture === undefined) {
    throw new Missing(
      `The image of the webhook has the Node of the machine that makes it: ${process.platform} ${process.arch} is none for a cluster.`,
    );
  }
  const layers = [nodeLayer(), commandLayer()];
  const labels = labelsOf(about);
  const created = about.commit === undefined ? {} : { created: about.commit.date };
  const config = jsonBlob(OCI_CONFIG, {
    ...created,
    architecture,
    os: "linux",
    config: {
      User: USER,
      Entrypoint: [`/${NODE}`, `/${FOLDER}/${COMMAND}`, "admission"],
      ExposedPorts: { "8443/tcp": {} },
      Labels: labels,
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ createdBy }) => ({ ...created, created_by: createdBy })),
  });
  return assembled(
    "compat",
    config,
    layers.map(({ blob }) => blob),
    labels,
  );
}

/** Writes the image into `folder/admission/`, as an OCI layout and as an archive of it. Gives the archive and the manifest's digest. */
export function writeAdmissionImage(folder: string): { archive: string; digest: string } {
  const { about } = aboutAdmission();
  const image = admissionImage(about);
  const layout = join(folder, ADMISSION, image.form);
  writeLayout(layoutOf(image, { repository: `signalbox/${ADMISSION}`, tag: about.version }), layout);
  return { archive: `${layout}.tar`, digest: image.manifest.descriptor.digest };
}

/** Node, and its libraries where its loader looks for them. */
function nodeLayer(): Layer {
  const binary = realpathSync(process.execPath);
  const files = [binary, ...linkedLibraries(binary)].map((path, place): TarFile => {
    const name = place === 0 ? NODE : path.slice(1);
    return { name, bytes: readFileSync(realpathSync(path)), executable: true };
  });
  const archive = tar(files);
  // A hundred megabytes: Node's own zlib takes seconds for them, and what is in them is this machine's anyway.
  return layerOf(archive, gzipFast(archive), `COPY node and its libraries /`);
}

/** What `npm pack` takes, without what only npm reads. */
function commandLayer(): Layer {
  if (!existsSync(join(PROJECT, BUNDLE))) throw new Missing("The command is not bundled: make build.");
  const bundled = filesBelow(BUNDLE).filter((file) => !file.endsWith("/sources.json"));
  const files = [...bundled, COMMAND, "LICENSE"].map((file): TarFile => {
    return { name: `${FOLDER}/${file}`, bytes: readFileSync(join(PROJECT, file)) };
  });
  // The one thing that Node has to know of the package.
  files.push({ name: `${FOLDER}/package.json`, bytes: Buffer.from('{"type":"module"}\n') });
  const archive = tar(files);
  return layerOf(archive, gzipSync(archive, { level: 9, mtime: 0 }), `COPY signalbox /${FOLDER}`);
}

function layerOf(archive: Buffer, compressed: Uint8Array, createdBy: string): Layer {
  return { blob: blobOf(OCI_LAYER, Buffer.from(compressed)), diffId: digestOf(archive), createdBy };
}
