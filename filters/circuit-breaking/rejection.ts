import { Text } from "../../assembly/text/text";

/** What a request is answered that a circuit refuses. */
@unmanaged
export class Rejection {
  httpStatus: u32;
  grpcStatus: u32;
  body: Text;
  /** Whether it says in how many seconds to come again. */
  retryAfter: bool;
  /** `circuit_open{<circuit>}`. */
  details: Text;
  /** Its headers, encoded, `x-circuit-open` among them; and the same with what keeps the caller's proxy from trying again at once. */
  headers: Text;
  inboundHeaders: Text;
}
