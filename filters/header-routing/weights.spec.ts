import { text } from "../../test/support/spec/bytes";
import { destinationsOf, readRoute } from "./test/spec/destinations";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { seedRandom } from "../../assembly/host/random";
import { Region } from "../../assembly/memory/region";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { Text } from "../../assembly/text/text";
import { Route } from "./plan";
import { chooseDestination, drawnDestination, stickyDestination } from "./weights";

const KEYS = 100000;

/** A route to subsets v1, v2, … of reviews, with those weights. */
function split(weights: i32[]): Route {
  const parts: string[] = [];
  for (let i = 0; i < weights.length; i++) {
    const subset = '"v' + (i + 1).toString() + '"';
    parts.push('{"destination":{"host":"reviews","subset":' + subset + '},"weight":' + weights[i].toString() + "}");
  }
  return readRoute('{"route": [' + parts.join(",") + "]}");
}

/** The number of the destination that a key sticks to: v1 is 0. */
function stuck(route: Route, key: Text): i32 {
  return <i32>load<u8>(stickyDestination(route.destinations!, key.start, key.length).steering!.start + 1) - 0x31;
}

function keys(): Text[] {
  const all = new Array<Text>(0);
  for (let i = 0; i < KEYS; i++) all.push(text("user-" + i.toString()));
  return all;
}

const KEY: Text[] = keys();

/** Five standard deviations of how many of the keys fall to one whose share that is (binomial). */
function fiveSigma(share: f64): f64 {
  return 5 * Math.sqrt(<f64>KEYS * share * (1 - share));
}

function near(count: i32, share: f64): void {
  expect(Math.abs(<f64>count - <f64>KEYS * share)).toBeLessThan(
    fiveSigma(share),
    count.toString() + " of " + share.toString(),
  );
}

function counts(route: Route): i32[] {
  const counts: i32[] = [0, 0, 0, 0];
  for (let i = 0; i < KEYS; i++) counts[stuck(route, KEY[i])]++;
  return counts;
}

describe("a key's destination", () => {
  it("is each one's for the share that its weight is", () => {
    const even = counts(split([1, 1]));
    near(even[0], 0.5);
    const uneven = counts(split([90, 10]));
    near(uneven[1], 0.1);
    const four = counts(split([1, 2, 3, 4]));
    near(four[0], 0.1);
    near(four[1], 0.2);
    near(four[2], 0.3);
    near(four[3], 0.4);
    const rare = counts(split([999, 1]));
    near(rare[1], 0.001);
  });

  it("is the same each time, wherever the destination stands in the list", () => {
    const one = split([80, 20]);
    const turned = readRoute(
      '{"route": [{"destination":{"host":"reviews","subset":"v2"},"weight":20},' +
        '{"destination":{"host":"reviews","subset":"v1"},"weight":80}]}',
    );
    let wrong = 0;
    for (let i = 0; i < 10000; i++) {
      if (stuck(one, KEY[i]) != stuck(turned, KEY[i]) || stuck(one, KEY[i]) != stuck(one, KEY[i])) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it("does not change where all weights change alike", () => {
    const one = split([9, 1]);
    const same = split([900, 100]);
    let moved = 0;
    for (let i = 0; i < KEYS; i++) if (stuck(one, KEY[i]) != stuck(same, KEY[i])) moved++;
    expect(moved).toBe(0);
  });

  it("changes only to the one whose weight goes from 10 to 20, and for no more keys than its share grows by", () => {
    const before = split([60, 30, 10]);
    const after = split([60, 30, 20]);
    let moved = 0;
    let elsewhere = 0;
    for (let i = 0; i < KEYS; i++) {
      const from = stuck(before, KEY[i]);
      const to = stuck(after, KEY[i]);
      if (from == to) continue;
      moved++;
      if (to != 2) elsewhere++;
    }
    expect(elsewhere).toBe(0);
    // Its share grows from 10/100 to 20/110.
    near(moved, 20.0 / 110 - 0.1);
  });

  it("changes only between the two whose weights change against each other: 90 to 80 and 10 to 20", () => {
    const before = split([90, 10]);
    const after = split([80, 20]);
    let moved = 0;
    let back = 0;
    for (let i = 0; i < KEYS; i++) {
      if (stuck(before, KEY[i]) == stuck(after, KEY[i])) continue;
      moved++;
      if (stuck(after, KEY[i]) == 0) back++;
    }
    expect(back).toBe(0);
    near(moved, 0.1);
  });

  it("is a new one only for the keys that go there", () => {
    const before = split([50, 50]);
    const after = split([50, 50, 10]);
    let elsewhere = 0;
    let moved = 0;
    for (let i = 0; i < KEYS; i++) {
      if (stuck(before, KEY[i]) == stuck(after, KEY[i])) continue;
      moved++;
      if (stuck(after, KEY[i]) != 2) elsewhere++;
    }
    expect(elsewhere).toBe(0);
    near(moved, 10.0 / 110);
  });

  it("shares by weight also between two that differ only in their headers", () => {
    const route = readRoute(
      '{"steering": {"value": "{host}"}, "route": [' +
        '{"destination":{"host":"a"},"weight":50},' +
        '{"destination":{"host":"a"},"weight":50,"headers":{"request":{"set":{"x-canary":"1"}}}}]}',
    );
    let canaries = 0;
    for (let i = 0; i < KEYS; i++) {
      if (stickyDestination(route.destinations!, KEY[i].start, KEY[i].length).request != null) canaries++;
    }
    near(canaries, 0.5);
  });
});

describe("drawnDestination", () => {
  it("gives each destination as many points as its weight", () => {
    const route = split([75, 20, 5]);
    expect<u32>(route.totalWeight).toBe(100);
    const counts: i32[] = [0, 0, 0];
    let order = 0;
    for (let point: u32 = 0; point < 100; point++) {
      const number = <i32>load<u8>(drawnDestination(route.destinations!, point).steering!.start + 1) - 0x31;
      counts[number]++;
      if (number < order) order = 100;
      else order = number;
    }
    expect(counts[0]).toBe(75);
    expect(counts[1]).toBe(20);
    expect(counts[2]).toBe(5);
    expect(order).toBe(2, "in the order of the list");
  });

  it("gives the last one past the total", () => {
    const route = split([1, 1]);
    expect(drawnDestination(route.destinations!, 1000).steering!.toString()).toBe("v2");
  });
});

describe("chooseDestination", () => {
  it("takes a single one, whatever its weight", () => {
    expect(chooseDestination(split([0]))!.steering!.toString()).toBe("v1");
  });

  it("sticks where the key is there, and draws where it is not", () => {
    const slots = SlotTable.open(Region.open(), false);
    const route = split([50, 50]);
    route.sticky = true;
    route.hashSlot = slots.slot(Fact.HEADER, text("user"));
    seedRandom(7);
    let wrong = 0;
    for (let i = 0; i < 1000; i++) {
      startRequest(slots, new HeaderPairs().add("user", "user-" + i.toString()));
      if (chooseDestination(route) != stickyDestination(route.destinations!, KEY[i].start, KEY[i].length)) wrong++;
    }
    expect(wrong).toBe(0);
    let first = 0;
    startRequest(slots, new HeaderPairs());
    for (let i = 0; i < 10000; i++) if (chooseDestination(route) == route.destinations) first++;
    // 5,000 of 10,000, within five standard deviations of 50.
    expect(abs(first - 5000)).toBeLessThan(250);
  });

  it("of a route without destinations is none", () => {
    const route = changetype<Route>(Region.open().take(offsetof<Route>()));
    expect(chooseDestination(route) == null).toBe(true);
  });
});

describe("reading weights (istio route.go: translateRoute)", () => {
  it("leaves out those of 0 among several", () => {
    expect(destinationsOf(split([0, 5, 0, 3]))).toBe("v2:5 v4:3");
  });
});
