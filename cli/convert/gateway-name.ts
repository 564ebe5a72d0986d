/** Istio's name for all sidecars, among the gateways of a VirtualService. */
export const MESH = "mesh";

/**
 * The one name of a gateway, `namespace/name`, for all the ways in which Istio takes it: `name`, `./name`,
 * `namespace/name`, and the old `name.namespace.svc.cluster.local` (istio `pilot/pkg/model/config.go: resolveGatewayName`).
 *
 * @param namespace the namespace of the resource that names it
 */
export function gatewayName(written: string, namespace: string): string {
  if (written === MESH) return MESH;
  const [before, after] = cut(written, "/");
  if (after !== undefined) return before === "." ? `${namespace}/${after}` : written;
  const [name, rest] = cut(written, ".");
  return rest === undefined ? `${namespace}/${name}` : `${cut(rest, ".")[0]}/${name}`;
}

function cut(text: string, at: string): [before: string, after: string | undefined] {
  const place = text.indexOf(at);
  return place < 0 ? [text, undefined] : [text.slice(0, place), text.slice(place + 1)];
}

/**
 * The gateways that a user can mean by a name: the one of that name, and for a name without a namespace those of every
 * namespace.
 *
 * @param known the gateways that there are, `namespace/name`
 */
export function gatewaysMeant(written: string, namespace: string, known: readonly string[]): string[] {
  if (written === MESH || /[/.]/.test(written)) return [gatewayName(written, namespace)];
  const found = [...new Set(known)].filter((name) => name.endsWith(`/${written}`));
  return found.length > 0 ? found : [gatewayName(written, namespace)];
}
