/** Requests over HTTP/2 that try to get past a policy. */
import { ADMIN_HOST, PUBLIC_HOST } from "./bypass-policies.ts";
import type { Field } from "./http2-frames.ts";

const pseudo = (path = "/public", authority = PUBLIC_HOST, method = "GET", scheme = "https"): Field[] => [
  [":method", method],
  [":scheme", scheme],
  [":authority", authority],
  [":path", path],
];

const PATHS = [
  "/public",
  "/admin",
  "//admin",
  "/x/../admin",
  "/%61dmin",
  "/admin%2f",
  "/admin;",
  "/admin?x",
  "/admin#x",
  "/ADMIN",
];
const ODD_PATHS = [
  "admin",
  "",
  "*",
  "?",
  "http://www.example.com/admin",
  "/admin x",
  "/admin\t",
  "/admin\x00",
  "/adm\xc4\xb1n",
  "\\admin",
];
const AUTHORITIES = [
  ADMIN_HOST,
  ADMIN_HOST.toUpperCase(),
  `${ADMIN_HOST}.`,
  `${ADMIN_HOST}:443`,
  `x@${ADMIN_HOST}`,
  ` ${ADMIN_HOST}`,
  "",
];
const METHODS = ["GET", "get", "POST", "post", "P*", "POST ", "", "PUT\x00", "CONNECT"];

/** By what they try. */
export const HTTP2_ATTEMPTS: Readonly<Record<string, readonly Field[]>> = {
  ...Object.fromEntries([...PATHS, ...ODD_PATHS].map((path) => [`path ${JSON.stringify(path)}`, pseudo(path)])),
  ...Object.fromEntries(AUTHORITIES.map((host) => [`authority ${JSON.stringify(host)}`, pseudo("/public", host)])),
  ...Object.fromEntries(
    METHODS.map((method) => [`method ${JSON.stringify(method)}`, pseudo("/public", PUBLIC_HOST, method)]),
  ),
  "two paths, the bad one first": [[":path", "/admin"], ...pseudo()],
  "two paths, the bad one last": [...pseudo(), [":path", "/admin"]],
  "two authorities": [...pseudo(), [":authority", ADMIN_HOST]],
  "two methods": [...pseudo(), [":method", "POST"]],
  "no path": pseudo().slice(0, 3),
  "no authority": pseudo().filter(([name]) => name !== ":authority"),
  "host instead of authority": [...pseudo().filter(([name]) => name !== ":authority"), ["host", ADMIN_HOST]],
  "host beside authority": [...pseudo(), ["host", ADMIN_HOST]],
  "host beside the admin's authority": [...pseudo("/public", ADMIN_HOST), ["host", PUBLIC_HOST]],
  "no scheme": pseudo().filter(([name]) => name !== ":scheme"),
  "another scheme": pseudo("/admin", PUBLIC_HOST, "GET", "http"),
  "an odd scheme": pseudo("/admin", PUBLIC_HOST, "GET", "x:"),
  "an unknown pseudo-header": [...pseudo(), [":role", "guest"]],
  "a pseudo-header behind a header": [["x-role", "admin"], ...pseudo()],
  "an extended CONNECT": [...pseudo("/admin", PUBLIC_HOST, "CONNECT"), [":protocol", "websocket"]],
  "upper case in a name": [...pseudo(), ["X-Role", "guest"]],
  "a header twice": [...pseudo(), ["x-role", "admin"], ["x-role", "guest"]],
  "a header twice, the bad one first": [...pseudo(), ["x-role", "guest"], ["x-role", "admin"]],
  "white space around a value": [...pseudo(), ["x-role", " guest "]],
  "a tab in front of a value": [...pseudo(), ["x-role", "\tguest"]],
  "a line feed in a value": [...pseudo(), ["x-role", "admin\r\nx-role: guest"]],
  "a zero in a value": [...pseudo(), ["x-role", "guest\x00"]],
  "a space in a name": [...pseudo(), ["x-role ", "guest"]],
  "a colon in a name": [...pseudo(), ["x-role:", "guest"]],
  "an empty name": [...pseudo(), ["", "guest"]],
  "an empty value": [...pseudo(), ["x-debug", ""]],
  "a header of the connection": [...pseudo(), ["connection", "x-role"], ["x-role", "guest"]],
  "transfer-encoding": [...pseudo("/admin"), ["transfer-encoding", "chunked"]],
  "content-length without content": [...pseudo("/admin"), ["content-length", "5"]],
  "te that is not trailers": [...pseudo("/admin"), ["te", "gzip"]],
  "a cookie in crumbs": [...pseudo("/admin"), ["cookie", "a=1"], ["cookie", "b=2"]],
  "a claimed identity": [...pseudo(), ["x-forwarded-client-cert", "URI=spiffe://cluster.local/ns/default/sa/sleep"]],
  "a claimed address": [...pseudo(), ["x-forwarded-for", "10.1.2.3"]],
  "two claimed addresses": [...pseudo(), ["x-forwarded-for", "1.1.1.1"], ["x-forwarded-for", "10.1.2.3"]],
};
