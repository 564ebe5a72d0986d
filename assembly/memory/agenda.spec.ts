import { Agenda, later, laterEach } from "./agenda";
import { Region } from "./region";

@unmanaged
class Item {
  name: i32;
  /** Whether a visit leaves something for later. */
  adds: bool;
  next: Item | null;
}

/** What was done, in this order. */
let done: i32[] = [];

function list(region: Region, names: i32[]): Item | null {
  let first: Item | null = null;
  for (let i = names.length; i-- > 0;) {
    const item = changetype<Item>(region.take(offsetof<Item>()));
    item.name = names[i];
    item.next = first;
    first = item;
  }
  return first;
}

function visit(item: Item): void {
  done.push(item.name);
  if (item.adds) later<Item>(add, item);
}

function add(item: Item): bool {
  done.push(item.name * 10);
  return true;
}

/** A step that leaves a list to be visited, and something after it. */
function begin(first: Item): bool {
  done.push(0);
  laterEach<Item>(first, visit);
  later<Item>(add, first);
  return true;
}

function nothing(item: Item): bool {
  laterEach<Item>(null, visit);
  return add(item);
}

function agendaOf(region: Region, step: (item: Item) => bool, first: Item): Agenda {
  const agenda = Agenda.open(region);
  agenda.add(changetype<usize>(step), changetype<usize>(first));
  return agenda;
}

describe("laterEach", () => {
  it("visits the items in their order, one in each step, before what is left for later after it", () => {
    done = [];
    const region = Region.open();
    const first = list(region, [1, 2, 3])!;
    const agenda = agendaOf(region, begin, first);
    const most: i32[] = [];
    while (agenda.advance()) most.push(done.length);
    expect(done).toStrictEqual([0, 1, 2, 3, 10]);
    for (let i = 1; i < most.length; i++) expect(most[i] - most[i - 1] <= 1).toBe(true);
    region.close();
  });

  it("does what a visit leaves for later before it visits the next item", () => {
    done = [];
    const region = Region.open();
    const first = list(region, [1, 2])!;
    first.adds = true;
    const agenda = agendaOf(region, begin, first);
    while (agenda.advance()) continue;
    expect(done).toStrictEqual([0, 1, 10, 2, 10]);
    region.close();
  });

  it("visits all at once if no agenda is being done", () => {
    done = [];
    const region = Region.open();
    const first = list(region, [1, 2])!;
    laterEach<Item>(first, visit);
    expect(done).toStrictEqual([1, 2]);
    region.close();
  });

  it("visits nothing if there is nothing", () => {
    done = [];
    const region = Region.open();
    const agenda = agendaOf(region, nothing, list(region, [7])!);
    while (agenda.advance()) continue;
    expect(done).toStrictEqual([70]);
    region.close();
  });
});
