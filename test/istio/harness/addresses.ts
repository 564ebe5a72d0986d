import { randomInt } from "node:crypto";

/** Addresses of the loopback network, one a workload, apart from those of another mesh on the same machine. */
export class Addresses {
  private readonly network = `127.${randomInt(1, 255)}.${randomInt(0, 256)}`;
  private last = 0;

  next(): string {
    this.last += 1;
    return `${this.network}.${this.last}`;
  }
}
