import { readClaims } from "../request/claim";
import { readCookies } from "../request/cookie";
import { readMetadata } from "../request/metadata";
import { readPort } from "../request/port";
import { readPrincipal } from "../request/principal";
import { readsFact } from "../request/readers";
import { Fact } from "../request/slots";
import { readPath, readQueryParameters } from "../request/target";

/** Says how the facts are read that an `HTTPMatchRequest` can ask for. */
export function useHttpMatchFacts(): void {
  readsFact(Fact.PATH, readPath);
  readsFact(Fact.QUERY_PARAMETER, readQueryParameters);
  readsFact(Fact.COOKIE, readCookies);
  readsFact(Fact.CLAIM, readClaims);
  readsFact(Fact.METADATA, readMetadata);
  readsFact(Fact.PRINCIPAL, readPrincipal);
  readsFact(Fact.PORT, readPort);
}
