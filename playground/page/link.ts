import { strFromU8, strToU8, unzlibSync, zlibSync } from "fflate";
import type { State } from "../protocol.ts";

/** How many bytes a link may unfold to: a page that a link can fill with gigabytes is no page to send links of. */
const MAX_BYTES = 4_000_000;

/** A state as the fragment of a link (RFC 3986, 3.5): JSON, by zlib, in base64url. Fragments are not sent to servers. */
export function fragmentOf({ filter, config, request }: State): string {
  const bytes = zlibSync(strToU8(JSON.stringify({ filter, config, request })), { level: 9 });
  const text = btoa(strFromU8(bytes, true));
  return `#${text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** The state of a link's fragment; undefined if it carries none, or one that cannot be read. */
export function stateOf(fragment: string): State | undefined {
  try {
    const text = atob(fragment.replace(/^#/, "").replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = unzlibSync(strToU8(text, true), { out: new Uint8Array(MAX_BYTES) });
    const value = JSON.parse(strFromU8(bytes)) as Partial<Record<keyof State, unknown>> | null;
    const { filter, config, request } = value ?? {};
    if (typeof filter !== "string" || typeof config !== "string" || typeof request !== "string") return undefined;
    return { filter, config, request };
  } catch {
    return undefined;
  }
}
