import { Region } from "../../../assembly/memory/region";
import { Text } from "../../../assembly/text/text";

/**
 * What this worker knows of a group of plugins that join together, whichever of their configurations it learnt it in: a workload's two
 * listeners have a configuration each.
 */
@unmanaged
export class Group {
  name: Text;
  /**
   * Until when nothing is joined, in nanoseconds of the monotonic clock: the host would take nothing that was to be remembered, or did
   * not tell under which keys.
   */
  unreliableUntil: u64;
  /** Whether a request in flight could neither be counted nor the count be marked as broken: it is relied upon no more. */
  countIsUnknown: bool;
  private next: Group | null;

  /** The group of that name, of which there is one record for as long as the worker lives: names are few. */
  static of(name: Text): Group {
    let group = first;
    while (group != null && !group.name.equals(name)) group = group.next;
    if (group != null) return group;
    let region = groups;
    if (region == null) {
      region = Region.open();
      groups = region;
    }
    group = Group.named(name, region);
    group.next = first;
    first = group;
    return group;
  }

  /** A group in `region` that nobody else knows: until a configuration is accepted nothing of it outlives it. */
  static named(name: Text, region: Region): Group {
    const group = changetype<Group>(region.take(offsetof<Group>()));
    group.name = Text.copy(region, name.start, name.length);
    return group;
  }
}

let first: Group | null = null;
let groups: Region | null = null;
