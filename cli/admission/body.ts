import type { IncomingMessage } from "node:http";

/** A body that is not taken: the status of HTTP and why. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads the body of a request, as far as it is JSON and no longer than `most` bytes.
 *
 * @throws Refused if it is anything else; Error if the connection ends before it does
 */
export async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refused(
      415,
      `content-type: expected application/json, got ${type === "" ? "none" : JSON.stringify(type)}`,
    );
  }
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity")
    throw new Refused(415, `content-encoding: expected none, got ${JSON.stringify(encoding)}`);
  const tooLarge = new Refused(413, `the body has more than ${most} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > most) throw tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) throw tooLarge;
    parts.push(part);
  }
  // A buffer of its own, which can be handed over whole.
  const body = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}
