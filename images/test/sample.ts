import { type Form, type Image, imageOf } from "../image.ts";

/** The shortest module there is: the magic number and the version. */
export const MODULE = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** An image of it. */
export function sampleImage(form: Form): Image {
  return imageOf(form, MODULE, { filter: "sample", version: "1.0.0", license: "Apache-2.0" });
}
