import { Region } from "../../assembly/memory/region";
import { Text } from "../../assembly/text/text";

/** What the values of a policy's field are compared with. */
export const enum Kind {
  PRINCIPAL,
  REQUEST_PRINCIPAL,
  NAMESPACE,
  SERVICE_ACCOUNT,
  TRUST_DOMAIN,
  DIRECT_REMOTE_IP,
  REMOTE_IP,
  DESTINATION_IP,
  HOST,
  METHOD,
  PATH,
  PORT,
  HEADER,
  SNI,
  CLAIM,
  METADATA,
}

/** What a field's values are compared with, and which one of its kind. */
@unmanaged
export class Subject {
  kind: Kind;
  /** A header's name, a claim's or a metadata entry's path with a NUL between two segments; empty for the others. */
  name: Text;

  /** Whether it is a part of who the peer is. */
  get isIdentity(): bool {
    const kind = this.kind;
    return (
      kind == Kind.PRINCIPAL || kind == Kind.NAMESPACE || kind == Kind.SERVICE_ACCOUNT || kind == Kind.TRUST_DOMAIN
    );
  }

  /** Whether it stands in the headers. */
  get isHeader(): bool {
    const kind = this.kind;
    return kind == Kind.HOST || kind == Kind.METHOD || kind == Kind.PATH || kind == Kind.HEADER;
  }

  /** A subject in `region`. */
  static of(region: Region, kind: Kind, name: Text): Subject {
    const subject = changetype<Subject>(region.take(offsetof<Subject>()));
    subject.kind = kind;
    subject.name = name;
    return subject;
  }
}
