import { randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
// The certificate library needs this polyfill to be there first.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 3600 * 1000;
/** A clock of another machine may be late. */
const EARLIER_MS = 5 * 60 * 1000;

/** A server's certificate with what belongs to it, all PEM. */
export interface Issued {
  /** Of the CA, whose key is nowhere: it has signed this one certificate. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a CA and has it sign a certificate for a server.
 *
 * @param hosts the DNS names and IP addresses of the server; the first is the subject's name
 * @param days how long both hold
 */
export async function issue(hosts: readonly string[], days: number): Promise<Issued> {
  x509.cryptoProvider.set(webcrypto);
  const from = Date.now();
  const validity = { notBefore: new Date(from - EARLIER_MS), notAfter: new Date(from + days * DAY_MS) };
  const authorityKeys = await keyPair();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: ["signalbox admission CA"] }],
    ...validity,
    signingAlgorithm: ALGORITHM,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const keys = await keyPair();
  const names = hosts.map((value) => ({ type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const), value }));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    issuer: authority.subject,
    // 64 characters are all that a common name may have (RFC 5280, A.1); nobody reads it beside the names below.
    subject: [{ CN: [(hosts[0] ?? "").slice(0, 64)] }],
    ...validity,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { authority: pem(authority), certificate: pem(certificate), key: `${key}\n` };
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

/** 127 random bits (RFC 5280, 4.1.2.2: positive, and nobody can guess it). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (Number(bytes[0]) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

async function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}
