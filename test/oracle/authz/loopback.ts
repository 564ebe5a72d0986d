/** Where clients of a test can connect from. */
import { networkInterfaces } from "node:os";

/** Whether that can be over IPv6 here. */
export const HAS_IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

/** Addresses of this machine: all of 127.0.0.0/8 are, and of IPv6 only one. */
export const DIRECT_ADDRESSES = ["127.0.0.1", "127.0.0.2", "127.0.1.9", "127.255.0.1", ...(HAS_IPV6 ? ["::1"] : [])];
