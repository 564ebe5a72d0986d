/** Tokens as a registry of Docker's takes them ("Token Authentication Specification" of distribution). */
import * as x509 from "@peculiar/x509";
import { createSign, randomUUID, webcrypto } from "node:crypto";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A server that gives tokens for what is asked to whoever has one user's name and password. */
export class TokenServer {
  private constructor(
    readonly server: Server,
    /** The registry's `auth` section. */
    readonly auth: object,
  ) {}

  /** Starts it with a new key, whose certificate is written into `folder` for the registry. */
  static async start(folder: string, userAndPassword: string): Promise<TokenServer> {
    x509.cryptoProvider.set(webcrypto);
    const algorithm = {
      name: "RSASSA-PKCS1-v1_5",
      hash: "SHA-256",
      publicExponent: new Uint8Array([1, 0, 1]),
      modulusLength: 2048,
    };
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=tokens",
      keys,
      notAfter: new Date(Date.now() + 3_600_000),
      signingAlgorithm: algorithm,
      extensions: [new x509.BasicConstraintsExtension(true)],
    });
    const bundle = join(folder, "tokens.pem");
    writeFileSync(bundle, certificate.toString("pem"));
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
    const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString("base64")}\n-----END PRIVATE KEY-----\n`;
    const header = { typ: "JWT", alg: "RS256", x5c: [certificate.toString("base64")] };
    const server = createServer((request, answer) => {
      const wanted = `Basic ${Buffer.from(userAndPassword).toString("base64")}`;
      if (request.headers.authorization !== wanted) return answer.writeHead(401).end();
      const asked = new URL(request.url ?? "/", "http://localhost").searchParams;
      const [type, name, actions = ""] = (asked.get("scope") ?? "").split(":");
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        iss: "tokens",
        sub: "",
        aud: asked.get("service"),
        exp: now + 60,
        nbf: now - 60,
        iat: now,
        jti: randomUUID(),
      };
      const body = { ...claims, access: [{ type, name, actions: actions.split(",") }] };
      const text = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
      const signature = createSign("RSA-SHA256").update(text).sign(key).toString("base64url");
      return answer.end(JSON.stringify({ token: `${text}.${signature}` }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    return new TokenServer(server, { token: { realm, service: "registry", issuer: "tokens", rootcertbundle: bundle } });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
