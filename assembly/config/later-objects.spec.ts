import { configuration, errors } from "../../test/support/spec/configuration";
import { Agenda, later } from "../memory/agenda";
import { Region } from "../memory/region";
import { utf8 } from "../text/text";
import { laterObjects } from "./later-objects";
import { Place } from "./place";

/** What was read, in this order. */
let done: i32[] = [];

@unmanaged
class Factor {
  value: i32;
}

function read(item: Place, factor: Factor): void {
  done.push(<i32>item.field(utf8("n")).integer(0, 9, -1) * factor.value);
  item.noOtherFields();
}

function begin(root: Place): bool {
  const factor = changetype<Factor>(root.report.lasting.take(offsetof<Factor>()));
  factor.value = 10;
  laterObjects<Factor>(root.field(utf8("l")), read, factor);
  later<Place>(end, root);
  return true;
}

function end(root: Place): bool {
  done.push(-1);
  root.noOtherFields();
  return true;
}

function readInSteps(root: Place): i32 {
  done = [];
  const agenda = Agenda.open(Region.open());
  agenda.add(changetype<usize>(begin), changetype<usize>(root));
  let steps = 0;
  while (agenda.advance()) steps++;
  return steps;
}

describe("laterObjects", () => {
  it("reads the objects of a list in their order, one in each step, before what is left for later after it", () => {
    // A step that begins, one for each item and one that finds no more, and one that ends.
    expect(readInSteps(configuration('{"l": [{"n": 1}, {"n": 2}, {"n": 3}]}'))).toBe(6);
    expect(done).toStrictEqual([10, 20, 30, -1]);
    expect(readInSteps(configuration("{}"))).toBe(3);
    expect(done).toStrictEqual([-1]);
  });

  it("reads them at once if no step is being done", () => {
    done = [];
    begin(configuration('{"l": [{"n": 1}, {"n": 2}]}'));
    expect(done).toStrictEqual([10, 20, -1]);
  });

  it("reports what is no object, and leaves it out", () => {
    const root = configuration('{"l": [null, {"n": 1}, 2, {"m": 3}]}');
    readInSteps(root);
    expect(done).toStrictEqual([10, -10, -1]);
    expect(errors(root)).toBe(
      'l[0]: required, and missing\nl[2]: expected an object, got 2\nl[3]: unknown field "m" (did you mean "n"?)',
    );
  });
});
