import { readProperty } from "../host/properties";
import { Status } from "../host/status";
import { Text } from "../text/text";
import { Doubt, addDoubt, doubtsAsked } from "./doubts";

/**
 * Reads a property that a fact is made of; gives whether there is one, in `host/properties`.
 *
 * What Envoy 1.36.4 and 1.40.0 answered where there is nothing to tell: NotFound for
 * `connection.uri_san_peer_certificate` over plaintext, with a client that shows no certificate and with one whose
 * certificate has no URI SAN, and for filter state that nobody set; Ok and no bytes for `connection.requested_server_name`
 * without SNI, and for `metadata` where no filter wrote any; Ok and 0 for `connection.mtls` without a certificate, and for
 * `xds.listener_direction` of a listener that says none; Ok and a path for `source.address` and `destination.address` of a
 * connection through a pipe, whose `destination.port` is NotFound. InternalFailure for every property where the plugin's
 * `capability_restriction_config` leaves `proxy_get_property` out.
 */
export function hasProperty(path: Text): bool {
  const status = readProperty(path);
  if (status == Status.OK) return true;
  if (status != Status.NOT_FOUND) refuseFact();
  return false;
}

/** Notes that the fact that is read is not known, though it must be there or its bytes are not what they should be. */
export function refuseFact(): void {
  addDoubt(Doubt.REFUSED);
}

/**
 * Whether any fact that was asked for since `forgetAsked` is not known: the host answered neither Ok nor NotFound, or what a request
 * always has was not there. Such a fact looks like an absent one, so what guards something must refuse the request.
 */
export function factWasRefused(): bool {
  return (doubtsAsked() & Doubt.REFUSED) != 0;
}
