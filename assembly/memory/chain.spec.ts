import { Chain, openChain } from "./chain";
import { Region } from "./region";

@unmanaged
class Item {
  value: i32;
  next: Item | null;
}

function item(region: Region, value: i32): Item {
  const made = changetype<Item>(region.take(offsetof<Item>()));
  made.value = value;
  return made;
}

function values(chain: Chain<Item>): string {
  let said = "";
  let at = chain.first;
  while (at != null) {
    said += at.value.toString() + " ";
    at = at.next;
  }
  return said.trimEnd();
}

describe("a chain", () => {
  it("is empty when it is opened", () => {
    expect(openChain<Item>(Region.open()).first == null).toBe(true);
  });

  it("keeps the order in which items are added", () => {
    const region = Region.open();
    const chain = openChain<Item>(region);
    for (let i = 1; i <= 3; i++) chain.add(item(region, i));
    expect(values(chain)).toBe("1 2 3");
  });

  it("has nothing of another one", () => {
    const region = Region.open();
    const one = openChain<Item>(region);
    const other = openChain<Item>(region);
    one.add(item(region, 1));
    other.add(item(region, 2));
    one.add(item(region, 3));
    expect(values(one)).toBe("1 3");
    expect(values(other)).toBe("2");
  });
});
