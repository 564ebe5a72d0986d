import { useAllTests } from "../../assembly/match/condition";
import { readDestinationAddress, readDirectRemoteAddress, readRemoteAddress } from "../../assembly/request/address";
import { readClaimString, readClaims } from "../../assembly/request/claim";
import { readExpression } from "../../assembly/request/expression";
import { readNamespaces, readServiceAccounts, readTrustDomain } from "../../assembly/request/identity-parts";
import { readMetadata, readMetadataList, readMetadataString } from "../../assembly/request/metadata";
import { readPort } from "../../assembly/request/port";
import { readPrincipal } from "../../assembly/request/principal";
import { readsFact } from "../../assembly/request/readers";
import { readServerName } from "../../assembly/request/server-name";
import { Fact } from "../../assembly/request/slots";
import { readPath } from "../../assembly/request/target";

/** Says how the facts are read that a policy can ask for. */
export function useFacts(): void {
  useAllTests();
  readsFact(Fact.PATH, readPath);
  readsFact(Fact.CLAIM, readClaims);
  readsFact(Fact.CLAIM_STRING, readClaimString);
  readsFact(Fact.METADATA_STRING, readMetadataString);
  readsFact(Fact.METADATA_LIST, readMetadataList);
  readsFact(Fact.METADATA, readMetadata);
  readsFact(Fact.PRINCIPAL, readPrincipal);
  readsFact(Fact.TRUST_DOMAIN, readTrustDomain);
  readsFact(Fact.NAMESPACE, readNamespaces);
  readsFact(Fact.SERVICE_ACCOUNT, readServiceAccounts);
  readsFact(Fact.PORT, readPort);
  readsFact(Fact.REMOTE_IP, readRemoteAddress);
  readsFact(Fact.DIRECT_REMOTE_IP, readDirectRemoteAddress);
  readsFact(Fact.DESTINATION_IP, readDestinationAddress);
  readsFact(Fact.SNI, readServerName);
  readsFact(Fact.EXPRESSION, readExpression);
}
