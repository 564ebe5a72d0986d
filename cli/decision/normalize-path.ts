/** What Envoy writes percent-encoded in a path. */
const ENCODED = /["<>^`{|}]/g;
/** Escapes of characters that need none (RFC 3986, 2.3). */
const UNRESERVED = /%(2[de]|3\d|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])/gi;

/**
 * A path as it reaches filters where Envoy normalizes paths (`normalize_path`), as Istio lets it by default
 * (MeshConfig `pathNormalization: BASE`): `\` is `/`, escapes of letters, digits and `-._~` are undone, `.` and `..` are resolved.
 * Double slashes and escaped ones stay. The query stays as it is.
 */
export function normalizePath(whole: string): string {
  const [path = "", ...query] = whole.split("?");
  const plain = path
    .replaceAll("\\", "/")
    .replace(UNRESERVED, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replace(ENCODED, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return [withoutDots(plain), ...query].join("?");
}

function withoutDots(path: string): string {
  const segments = path.split("/").slice(1);
  const kept: string[] = [];
  for (const [at, segment] of segments.entries()) {
    const last = at === segments.length - 1;
    if (segment === "..") kept.pop();
    if (segment !== "." && segment !== "..") kept.push(segment);
    else if (last) kept.push("");
  }
  return `/${kept.join("/")}`;
}
