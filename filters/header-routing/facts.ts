import { readClaim } from "../../assembly/request/claim";
import { readCookie } from "../../assembly/request/cookie";
import { readMetadata } from "../../assembly/request/metadata";
import { readPort } from "../../assembly/request/port";
import { readPrincipal } from "../../assembly/request/principal";
import { readsFact } from "../../assembly/request/readers";
import { Fact } from "../../assembly/request/slots";
import { readPath, readQueryParameter } from "../../assembly/request/target";

/** Says how the facts are read that a match can ask for. */
export function useFacts(): void {
  readsFact(Fact.PATH, readPath);
  readsFact(Fact.QUERY_PARAMETER, readQueryParameter);
  readsFact(Fact.COOKIE, readCookie);
  readsFact(Fact.CLAIM, readClaim);
  readsFact(Fact.METADATA, readMetadata);
  readsFact(Fact.PRINCIPAL, readPrincipal);
  readsFact(Fact.PORT, readPort);
}
