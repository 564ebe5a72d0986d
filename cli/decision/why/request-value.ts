import { isObject } from "../../input/resource.ts";
import { authorityOf, headersOf, portOf } from "../as-envoy.ts";
import type { Request } from "../request.ts";

/**
 * What a request has of what a condition is about, to be shown beside the condition: `headers[x]`, `paths`, `when`'s
 * `request.auth.claims[groups]`. It decides nothing; undefined if it cannot be said in short.
 */
export function requestValue(field: string, request: Request): string | undefined {
  const [, header] = /^(?:request\.)?(?:headers|withoutHeaders)\[(.+)\]$/.exec(field) ?? [];
  if (header !== undefined && !header.startsWith("@")) return headerOf(request, header.toLowerCase());
  const [, claim] = /^request\.auth\.claims\[(\w+)\]$/.exec(field) ?? [];
  if (claim !== undefined) return claimOf(request, claim);
  const path = headerOf(request, ":path");
  switch (field.replace(/^not([A-Z])/, (_, letter: string) => letter.toLowerCase())) {
    case "principals":
    case "source.principal":
      return principalOf(request);
    case "namespaces":
    case "source.namespace":
      return /\/ns\/([^/]+)\//.exec(principalOf(request))?.[1] ?? principalOf(request);
    case "requestPrincipals":
    case "request.auth.principal":
      return isObject(request.claims) ? `${claimOf(request, "iss")}/${claimOf(request, "sub")}` : "no token";
    case "methods":
    case "method":
      return headerOf(request, ":method");
    case "paths":
      return path.replace(/\?.*/, "");
    case "uri":
      return path;
    case "hosts":
    case "authority":
      return authorityOf(request);
    case "scheme":
      return headerOf(request, ":scheme");
    case "ports":
    case "port":
    case "destination.port":
      return String(portOf(request));
    case "remoteIpBlocks":
    case "remote.ip":
      return request.remoteIp ?? "127.0.0.1";
    case "connection.sni":
      return request.sni ?? NOTHING;
    default:
      return undefined;
  }
}

const NOTHING = "nothing";

function headerOf(request: Request, name: string): string {
  const values = headersOf(request).filter(([own]) => own === (name === "host" ? ":authority" : name));
  return values.length === 0 ? NOTHING : values.map(([, value]) => value).join(", ");
}

function claimOf({ claims }: Request, name: string): string {
  const value = claims?.[name];
  if (value === undefined) return NOTHING;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function principalOf({ principal, direction }: Request): string {
  if (direction === "OUTBOUND" && principal === undefined) return "the workload's own";
  return principal?.replace(/^spiffe:\/\//, "") ?? "no certificate";
}
