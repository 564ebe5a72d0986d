/**
 * `make images`: writes the images of every filter and of the webhook below `build/images/`, and prints the digest of each manifest, which is
 * what a WasmPlugin's `sha256` is for `oci://`.
 */
import { relative } from "node:path";
import { PROJECT } from "../tools/project.ts";
import { writeAdmissionImage } from "./admission.ts";
import { IMAGES, writeImages } from "./project-images.ts";

const { written, reasons } = writeImages(IMAGES);
for (const { archive, digest } of [...written, writeAdmissionImage(IMAGES)])
  console.log(`${relative(PROJECT, archive)}  ${digest}`);
for (const reason of reasons)
  console.log(`The images have no revision, and so other digests than elsewhere: ${reason}.`);
