/** `authz` of `oci://registry.example.com/signalbox/authz:0.1.0` and of `file:///plugins/authz.wasm`. */
export function imageName(url: unknown): string {
  if (typeof url !== "string") return "";
  const last =
    url
      .replace(/[?#].*$/, "")
      .split("/")
      .at(-1) ?? "";
  return last
    .replace(/@.*$/, "")
    .replace(/:.*$/, "")
    .replace(/\.(wasm|tar|tgz|gz)$/, "");
}
