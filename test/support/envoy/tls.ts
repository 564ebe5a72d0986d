import { typed, type JsonObject } from "../../../envoy/json.ts";

/** A certificate with its key, both PEM. */
export interface Certificate {
  certificate: string;
  key: string;
}

/** How a chain answers TLS. */
export interface ServerTls {
  certificate: Certificate;
  /** PEM of the authority that a client's certificate must come from; absent: no client is asked for one. */
  clientAuthority?: string;
  /** Whether a client without a certificate is turned away; true where not given. */
  clientCertificateRequired?: boolean;
  /** ALPN protocols offered; HTTP/2 and HTTP/1.1 where not given. */
  alpn?: readonly string[];
}

/** The transport socket of a chain that answers TLS. */
export function downstreamTls(tls: ServerTls): JsonObject {
  const asked = tls.clientAuthority !== undefined;
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: typed("envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
      require_client_certificate: asked && (tls.clientCertificateRequired ?? true),
      common_tls_context: {
        alpn_protocols: tls.alpn ?? ["h2", "http/1.1"],
        tls_certificates: [
          {
            certificate_chain: { inline_string: tls.certificate.certificate },
            private_key: { inline_string: tls.certificate.key },
          },
        ],
        validation_context: asked ? { trusted_ca: { inline_string: tls.clientAuthority } } : undefined,
      },
    }),
  };
}
