/** Ids that each side draws for itself: which of one side is which of the other. */
import { TRACE_HEADERS } from "./vocabulary.ts";

/** What may be an id: hexadecimal or decimal digits. */
const ID = /[0-9a-f]{5,32}/gi;
/** The time of a new X-Ray id is that of the request. */
const XRAY_TIME = /(Root=1-)[0-9a-f]{8}/g;

/** Pairs ids of one experiment: the same ones of one side are the same ones of the other, wherever they come again. */
export class Ids {
  private readonly there = new Map<string, string>();
  private readonly back = new Map<string, string>();

  /** @param known text with all ids that came from outside, which must be the same on both sides */
  constructor(private readonly known: string) {}

  /** Whether two values of a header say the same. */
  same(name: string, one: string, other: string): boolean {
    if (one === other) return true;
    if (!TRACE_HEADERS.has(name.toLowerCase())) return false;
    const [a, b] = [one, other].map((value) => value.replace(XRAY_TIME, "$1"));
    if (a!.replace(ID, "#") !== b!.replace(ID, "#")) return false;
    const ids = [...a!.matchAll(ID)].map(([id]) => id);
    const others = [...b!.matchAll(ID)].map(([id]) => id);
    return ids.every((id, index) => this.pair(id, others[index]!));
  }

  private pair(one: string, other: string): boolean {
    if (one === other) return true;
    if (this.known.includes(one) || this.known.includes(other)) return false;
    if ((this.there.get(one) ?? other) !== other || (this.back.get(other) ?? one) !== one) return false;
    this.there.set(one, other);
    this.back.set(other, one);
    return true;
  }
}
