import { isDeepStrictEqual } from "node:util";
import { objectSource } from "../input/documents.ts";
import { MAX_LEVELS, isTooDeep } from "../input/levels.ts";
import { filterOfImage } from "../input/plugin.ts";
import { isObject, type Json } from "../input/resource.ts";
import { checkDocument } from "../validate/check-document.ts";
import { answerOf, answerOfUnchanged, passedOver, refused, type Answer } from "./answer.ts";
import type { ReviewRequest } from "./review.ts";

/**
 * Judges one request, as `signalbox validate` would judge the same object in a file.
 *
 * What has nothing to do with an image of Signalbox is allowed as it is: other kinds, plugins of other images, a DELETE, a
 * subresource, an object that is being deleted. An UPDATE that leaves `spec` as it is is allowed too, with what is wrong as
 * warnings: labels, owners and finalizers must be changeable, and the object is in force already.
 *
 * @param images where an image has to be to be one of Signalbox: the start of its url without `oci://`; anywhere if empty
 */
export function judge(request: ReviewRequest, images: readonly string[]): Answer {
  const { uid, operation, kind, subResource, object, oldObject } = request;
  if (operation === "DELETE" || operation === "CONNECT" || subResource !== "") return passedOver(uid);
  if (object === undefined) return refused(uid, "request.object: required, and missing");
  if (isDeleted(object)) return passedOver(uid);
  // Recursion over a deeper one might not end well.
  if (isTooDeep(object)) {
    return isPluginKind(kind) ? refused(uid, `the object has more than ${MAX_LEVELS} levels`) : passedOver(uid);
  }
  const filter = filterOfImage(object, images);
  if (filter === undefined) return passedOver(uid);
  const { findings } = checkDocument(objectSource(object), filter);
  const unchanged = operation === "UPDATE" && oldObject !== undefined && isDeepStrictEqual(object.spec, oldObject.spec);
  return unchanged ? answerOfUnchanged(uid, findings) : answerOf(uid, findings);
}

function isPluginKind(kind: string): boolean {
  return kind === "WasmPlugin" || kind === "TrafficExtension";
}

function isDeleted({ metadata }: Json): boolean {
  return isObject(metadata) && typeof metadata.deletionTimestamp === "string";
}
