/** Every field of a rule, and what a policy can write in it. */
import { DESTINATION_IP_FIELD, IP_FIELD, PORT_FIELD, REMOTE_IP_FIELD } from "./address-fields.ts";
import { asCondition } from "./field.ts";
import type { Field } from "./field.ts";
import { NAMESPACE_FIELD, PRINCIPAL_FIELD, SERVICE_ACCOUNT_FIELD, TRUST_DOMAIN_FIELD } from "./identity-fields.ts";
import {
  HEADER_FIELD,
  HOST_FIELD,
  METADATA_LIST_FIELD,
  METADATA_STRING_FIELD,
  METHOD_FIELD,
  PATH_FIELD,
  PSEUDO_HEADER_FIELD,
  SERVER_NAME_FIELD,
} from "./request-fields.ts";
import { REQUEST_PRINCIPAL_FIELD, TOKEN_CONDITIONS } from "./token-fields.ts";

/** The sources' in the order in which istiod puts them into a filter, then the operations', then the conditions. */
export const FIELDS: readonly Field[] = [
  PRINCIPAL_FIELD,
  REQUEST_PRINCIPAL_FIELD,
  SERVICE_ACCOUNT_FIELD,
  TRUST_DOMAIN_FIELD,
  NAMESPACE_FIELD,
  REMOTE_IP_FIELD,
  IP_FIELD,
  HOST_FIELD,
  METHOD_FIELD,
  PATH_FIELD,
  PORT_FIELD,
  asCondition(IP_FIELD, "source.ip"),
  asCondition(REMOTE_IP_FIELD, "remote.ip"),
  asCondition(NAMESPACE_FIELD, "source.namespace"),
  asCondition(SERVICE_ACCOUNT_FIELD, "source.serviceAccount"),
  asCondition(TRUST_DOMAIN_FIELD, "source.trustDomain"),
  asCondition(PRINCIPAL_FIELD, "source.principal"),
  asCondition(REQUEST_PRINCIPAL_FIELD, "request.auth.principal"),
  ...TOKEN_CONDITIONS,
  HEADER_FIELD,
  PSEUDO_HEADER_FIELD,
  DESTINATION_IP_FIELD,
  asCondition(PORT_FIELD, "destination.port"),
  SERVER_NAME_FIELD,
  METADATA_STRING_FIELD,
  METADATA_LIST_FIELD,
];

/** One value of a rule's list: of a field or its twin, in one of the forms that it knows, or a list of several. */
export interface Cell {
  field: Field;
  not: boolean;
  operator: string;
}

/** The operators of lists with more than one value: a few, and so many that the filter looks them up. */
export const SEVERAL = "several";
export const MANY = "many";

/** All that a policy can ask. */
export const CELLS: readonly Cell[] = FIELDS.flatMap((field) =>
  [...Object.keys(field.operators), SEVERAL, MANY].flatMap((operator) =>
    [false, true].map((not) => ({ field, not, operator })),
  ),
);
