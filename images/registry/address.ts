import { RegistryError } from "./error.ts";

/** Where images go. */
export interface Address {
  /** As it stands in an image's name, with the port if any. */
  host: string;
  /** `http:` or `https:` with the host behind it. */
  origin: string;
  /** The folder of repositories, perhaps empty. */
  path: string;
}

/** One part of a repository's name (OCI distribution spec, "Pulling manifests"). */
const PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const PATH = new RegExp(`^${PART}(?:/${PART})*$`);
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * Reads `host[:port][/path]`. The API is spoken over https, but for this machine itself and where `http://` stands
 * before it. Throws `RegistryError` where it is no such address.
 */
export function readAddress(text: string): Address {
  const [, scheme = "", host = "", path = ""] = /^(https?:\/\/)?([^/]*)\/?(.*?)\/?$/.exec(text) ?? [];
  const where = `REGISTRY is "${text}"`;
  if (host === "") throw new RegistryError(`${where}: write host/path, such as registry.example.com/signalbox.`);
  const protocol = scheme || (isThisMachine(host) ? "http://" : "https://");
  if (!URL.canParse(`${protocol}${host}/`) || /[@?#\s]/.test(host)) {
    throw new RegistryError(`${where}: "${host}" is no host, or host:port.`);
  }
  if (path !== "" && !PATH.test(path)) {
    throw new RegistryError(`${where}: "${path}" is no repository's path; it takes a-z, 0-9, and . _ - between them.`);
  }
  return { host, origin: `${protocol}${host}`, path };
}

/** The repository of a filter below an address. */
export function repositoryOf({ path }: Address, filter: string): string {
  return path === "" ? filter : `${path}/${filter}`;
}

/** Throws `RegistryError` where the OCI distribution spec allows no such tag. */
export function checkTag(tag: string): void {
  if (TAG.test(tag)) return;
  throw new RegistryError(
    `TAG is "${tag}": a tag is up to 128 letters, digits and . _ - and begins with none of . and -.`,
  );
}

/** Whether a host, perhaps with a port, is a loopback address or a name of one (RFC 6761, section 6.3). */
function isThisMachine(host: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}
