/** Pushing and pulling by the OCI distribution spec, with blobs sent whole, as a module is small. */
import { type Blob, digestOf } from "../blob.ts";
import { type Image, blobsOf } from "../image.ts";
import type { Connection } from "./connection.ts";
import { RegistryError } from "./error.ts";
import { bodyOf } from "./fetch.ts";

/** One repository of a registry. Every method throws `RegistryError` with what went wrong. */
export class Repository {
  constructor(readonly connection: Connection) {}

  /** Its name, with the registry's host before it. */
  get name(): string {
    return `${this.connection.address.host}/${this.connection.repository}`;
  }

  /** Sends an image's blobs that the registry lacks, then its manifest under `tag`, and reads all of it back. */
  async push(image: Image, tag: string): Promise<void> {
    for (const blob of blobsOf(image)) await this.#pushBlob(blob);
    const { bytes, descriptor } = image.manifest;
    const headers = { "content-type": descriptor.mediaType };
    const answer = await this.connection.request("PUT", `manifests/${tag}`, { headers, body: bytes });
    await this.#expect(answer, 201, `the manifest ${descriptor.digest}`);
    this.#compare(answer, descriptor.digest);
    for (const reference of [tag, descriptor.digest]) {
      const { bytes: found } = await this.manifest(reference, descriptor.mediaType);
      if (!found.equals(bytes)) throw this.#wrong(`manifest ${reference}`, descriptor.digest, digestOf(found));
    }
    for (const blob of blobsOf(image)) await this.blob(blob.descriptor.digest);
  }

  /** A manifest by tag or digest; by digest, what comes is checked to be that. */
  async manifest(reference: string, accept: string): Promise<{ bytes: Buffer; mediaType: string | null }> {
    const answer = await this.connection.request("GET", `manifests/${reference}`, { headers: { accept } });
    await this.#expect(answer, 200, `the manifest ${reference}`);
    const bytes = await bodyOf(answer, answer.url);
    if (reference.startsWith("sha256:")) this.#check("manifest", reference, bytes);
    return { bytes, mediaType: answer.headers.get("content-type") };
  }

  /** A blob by its digest, which is checked. */
  async blob(digest: string): Promise<Buffer> {
    const answer = await this.connection.request("GET", `blobs/${digest}`);
    await this.#expect(answer, 200, `the blob ${digest}`);
    const bytes = await bodyOf(answer, answer.url);
    this.#check("blob", digest, bytes);
    return bytes;
  }

  async #pushBlob({ descriptor, bytes }: Blob): Promise<void> {
    const { digest } = descriptor;
    const there = await this.connection.request("HEAD", `blobs/${digest}`);
    if (there.status === 200) return;
    const begun = await this.connection.request("POST", "blobs/uploads/", { headers: { "content-length": "0" } });
    await this.#expect(begun, 202, "an upload");
    const location = begun.headers.get("location");
    if (location === null)
      throw new RegistryError(`${this.name}: the registry begins an upload and does not say where.`);
    const url = new URL(location, begun.url);
    url.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream" };
    const sent = await this.connection.request("PUT", url.href, { headers, body: bytes });
    await this.#expect(sent, 201, `the blob ${digest}`);
    this.#compare(sent, digest);
  }

  /** Whether the registry names what it got as we do. */
  #compare(answer: Response, digest: string): void {
    const named = answer.headers.get("docker-content-digest");
    if (named !== null && named !== digest) throw this.#wrong("what was sent", digest, named);
  }

  #check(what: string, digest: string, bytes: Buffer): void {
    if (digestOf(bytes) !== digest) throw this.#wrong(what, digest, digestOf(bytes));
  }

  #wrong(what: string, wanted: string, found: string): RegistryError {
    return new RegistryError(
      `${this.name}: ${what} is ${wanted} here and ${found} at the registry. Nothing there can be trusted.`,
    );
  }

  async #expect(answer: Response, status: number, what: string): Promise<void> {
    if (answer.status === status) return;
    const text = (await bodyOf(answer, answer.url)).toString();
    throw new RegistryError(`${this.name}: ${what} is refused with ${answer.status}${errorsIn(text)}.`);
  }
}

/** The codes and messages in an error's body (OCI distribution spec, "Error codes"), where it is one. */
function errorsIn(body: string): string {
  try {
    const { errors } = JSON.parse(body) as { errors: { code: string; message?: string }[] };
    const said = errors.map(({ code, message }) => (message ? `${code}, ${message}` : code)).join("; ");
    return `: ${said.replace(/\s+/g, " ").slice(0, 300)}`;
  } catch {
    return "";
  }
}
