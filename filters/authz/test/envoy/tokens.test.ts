import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import {
  detailsOf,
  fetchOnce,
  TokenIssuers,
  type Answer,
  type Json,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { deniedBy, Rules, type Case } from "./rules.ts";

const ISSUER = "https://issuer.example/v1";
const OTHER = "other";

/** Claims beside `iss` and `sub`; undefined for a request without a token. */
type Token = Readonly<Record<string, Json>> | undefined;

const of = (claims: JsonObject, iss = ISSUER): Token => ({ iss, ...(claims as Record<string, Json>) });
const as = (sub: string, iss = ISSUER): Token => of({ sub }, iss);
const NONE: Token = undefined;

const from = (source: JsonObject): JsonObject => ({ from: [{ source }] });
const when = (key: string, fields: JsonObject): JsonObject => ({ when: [{ key, ...fields }] });
const claim = (path: string, ...values: string[]): JsonObject => when(`request.auth.claims${path}`, { values });

const CASES: Readonly<Record<string, Case<Token>>> = {
  "requestPrincipals, exact": {
    rule: from({ requestPrincipals: [`${ISSUER}/anna`] }),
    hits: [as("anna")],
    misses: [NONE, as("bob"), as("anna", OTHER), of({}), as("")],
  },
  "requestPrincipals, any": {
    rule: from({ requestPrincipals: ["*"] }),
    hits: [as("anna"), as("bob", OTHER)],
    misses: [NONE, of({}), as("")],
  },
  "requestPrincipals, any subject": {
    rule: from({ requestPrincipals: [`${ISSUER}/*`] }),
    hits: [as("anna"), as("bob")],
    misses: [NONE, as("anna", OTHER), of({})],
  },
  "requestPrincipals, any issuer": {
    rule: from({ requestPrincipals: ["*/anna"] }),
    hits: [as("anna"), as("anna", OTHER)],
    misses: [NONE, as("bob"), as("hanna")],
  },
  "requestPrincipals, the end of the subject": {
    rule: from({ requestPrincipals: ["*nna"] }),
    hits: [as("anna"), as("hanna", OTHER)],
    misses: [NONE, as("bob")],
  },
  "requestPrincipals, the start of the issuer": {
    rule: from({ requestPrincipals: ["oth*"] }),
    hits: [as("anna", OTHER)],
    misses: [NONE, as("anna")],
  },
  notRequestPrincipals: {
    rule: from({ notRequestPrincipals: [`${ISSUER}/anna`] }),
    hits: [NONE, as("bob"), as("anna", OTHER)],
    misses: [as("anna")],
  },
  "request.auth.principal": {
    rule: when("request.auth.principal", { values: [`${ISSUER}/*`], notValues: ["*/bob"] }),
    hits: [as("anna")],
    misses: [NONE, as("bob"), as("anna", OTHER)],
  },
  "request.auth.audiences": {
    rule: when("request.auth.audiences", { values: ["shop"] }),
    hits: [of({ aud: "shop" }), of({ aud: ["bank", "shop"] })],
    misses: [NONE, of({}), of({ aud: "bank" }), of({ aud: ["shops"] }), of({ aud: [] })],
  },
  "request.auth.presenter": {
    rule: when("request.auth.presenter", { values: ["app-*"] }),
    hits: [of({ azp: "app-1" })],
    misses: [NONE, of({ azp: "1-app" }), of({})],
  },
  "a claim": {
    rule: claim("[group]", "admin", "ops"),
    hits: [of({ group: "admin" }), of({ group: "ops" })],
    misses: [NONE, of({}), of({ group: "admins" }), of({ group: "admin ops" }), of({ Group: "admin" })],
  },
  "a claim that is a list": {
    rule: claim("[group]", "admin"),
    hits: [of({ group: ["dev", "admin"] })],
    misses: [of({ group: ["dev"] }), of({ group: [["admin"]] }), of({ group: { admin: "admin" } })],
  },
  "a claim, prefix and suffix": {
    rule: claim("[group]", "admin-*", "*-ops"),
    hits: [of({ group: "admin-1" }), of({ group: ["x", "eu-ops"] })],
    misses: [of({ group: "admin" }), of({ group: "ops-eu" })],
  },
  "a claim, any that is not empty": {
    rule: claim("[group]", "*"),
    hits: [of({ group: "x" }), of({ group: ["", "x"] })],
    misses: [NONE, of({}), of({ group: "" }), of({ group: [] })],
  },
  "a claim that is no text": {
    rule: claim("[group]", "1", "true", "null", "*"),
    hits: [],
    misses: [of({ group: 1 }), of({ group: true }), of({ group: null }), of({ group: [1, true] })],
  },
  "a claim, notValues": {
    rule: when("request.auth.claims[group]", { notValues: ["admin"] }),
    hits: [NONE, of({}), of({ group: "dev" })],
    misses: [of({ group: "admin" }), of({ group: ["dev", "admin"] })],
  },
  "a claim, regex": {
    rule: when("request.auth.claims[group]", { regex: ["adm(in|ins)"] }),
    hits: [of({ group: "admins" }), of({ group: ["x", "admin"] })],
    misses: [NONE, of({ group: "xadmin" })],
  },
  "a claim in another": {
    rule: claim("[realm][roles.v1]", "admin"),
    hits: [of({ realm: { "roles.v1": "admin" } }), of({ realm: { "roles.v1": ["dev", "admin"] } })],
    misses: [NONE, of({ "roles.v1": "admin" }), of({ realm: "admin" }), of({ realm: { roles: { v1: "admin" } } })],
  },
  "scope, word by word": {
    rule: claim("[scope]", "write"),
    hits: [of({ scope: "read write" }), of({ scope: "write" })],
    misses: [NONE, of({ scope: "read" }), of({ scope: "writers" })],
  },
  "scope, never as a whole": { rule: claim("[scope]", "read write"), hits: [], misses: [of({ scope: "read write" })] },
};

const issuers = new TokenIssuers([ISSUER, OTHER]);
let rules: Rules;

before(async () => (rules = await Rules.start(CASES, { filters: [issuers.filter()] })));
after(async () => await rules?.stop());

const bearing = async (port: number, token: string): Promise<Answer> =>
  await fetchOnce(port, { headers: [["authorization", `Bearer ${token}`]] });
const send = async (port: number, token: Token): Promise<Answer> =>
  token === undefined ? await fetchOnce(port) : await bearing(port, issuers.sign(token));

for (const [name, one] of Object.entries(CASES)) test(name, async () => await rules.verify(name, one, send));

test("what jwt_authn does not take never becomes a request's claims", async () => {
  const port = rules.port("a claim", "ALLOW");
  const claims = { iss: ISSUER, group: "admin" };

  assert.equal((await bearing(port, issuers.sign(claims))).status, 200);
  assert.equal((await bearing(port, issuers.sign(claims, randomBytes(32)))).status, 401);
  assert.equal((await bearing(port, issuers.sign({ ...claims, exp: 1 }))).status, 401);
  const bare = Buffer.from(JSON.stringify({ payload: claims })).toString("base64url");
  const spoofed = await fetchOnce(port, { headers: [["x-jwt-payload", bare]] });
  assert.equal(detailsOf(spoofed), deniedBy("none"));
});
