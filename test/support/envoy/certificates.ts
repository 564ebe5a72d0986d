import { webcrypto } from "node:crypto";
// The certificate library needs this polyfill to be there first.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Certificate } from "./tls.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 24 * 3600 * 1000;

x509.cryptoProvider.set(webcrypto);

/** What a certificate says about its holder. */
export interface Identity {
  /** URI SANs in order, such as `spiffe://cluster.local/ns/default/sa/sleep`. */
  uris?: readonly string[];
  dnsNames?: readonly string[];
  /** Of the subject; empty where not given. */
  commonName?: string;
}

/** A certificate authority that lives as long as a test. Nothing of it is written anywhere. */
export class Authority {
  private serial = 1;

  private constructor(
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly root: x509.X509Certificate,
  ) {}

  static async create(commonName = "test"): Promise<Authority> {
    const keys = await generateKeys();
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: "01",
      name: `CN=${commonName}`,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new Authority(keys, root);
  }

  /** Its own certificate, PEM. */
  get certificate(): string {
    return this.root.toString("pem");
  }

  /** A certificate for a server, a client or both, good for a day. */
  async issue(identity: Identity): Promise<Certificate> {
    const keys = await generateKeys();
    const names: x509.JsonGeneralNames = [
      ...(identity.uris ?? []).map((value) => ({ type: "url" as const, value })),
      ...(identity.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ];
    this.serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: this.serial.toString(16).padStart(2, "0"),
      issuer: this.root.subject,
      subject: identity.commonName === undefined ? "" : `CN=${identity.commonName}`,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false),
        ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
      ],
    });
    const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { certificate: certificate.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
  }
}

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}
