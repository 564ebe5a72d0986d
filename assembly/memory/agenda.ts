import { Region } from "./region";

/** So many of the items of a long list are gone through in one step: some ten microseconds' work. */
export const ITEMS_A_STEP: u32 = 64;
/** An item that is longer counts once more for each time that it has so many bytes. */
export const BYTES_AN_ITEM: u32 = 128;

/** Does a part of some work; gives whether that was the last part. */
type Step = (state: usize) => bool;

/** Work that is left to do, and how far it has come. */
@unmanaged
class Task {
  step: Step;
  state: usize;
  next: Task | null;
}

/**
 * Work in the order in which it is to be done, cut into steps, so that it can stop after any of them and go on later.
 *
 * What a step adds (`later`) comes before all that was there. If the step was not the last of its task, the task goes on after what it
 * added: so a step that goes through a list can have the parts of an item done before it comes to the next item.
 */
@unmanaged
export class Agenda {
  private region: Region;
  private first: Task | null;
  /** The last task that the running step has added; null while it has added none. */
  private added: Task | null;
  private free: Task | null;
  /** Whether what is found wrong may be found in any order: `laterInAnyOrder`. */
  anyOrder: bool;

  /** An agenda whose tasks lie in `region`. */
  static open(region: Region): Agenda {
    const agenda = changetype<Agenda>(region.take(offsetof<Agenda>()));
    agenda.region = region;
    return agenda;
  }

  /** Adds a task: `step` is called until it gives true. */
  add(step: usize, state: usize): void {
    let task = this.free;
    if (task == null) task = changetype<Task>(this.region.take(offsetof<Task>()));
    else this.free = task.next;
    task.step = changetype<Step>(step);
    task.state = state;
    this.insert(task);
  }

  /** Adds a task that visits a list: what `laterEach` says. */
  addVisit(first: usize, next: usize, visit: usize): void {
    const list = changetype<Visit>(this.region.take(offsetof<Visit>()));
    list.item = first;
    list.next = next;
    list.visit = changetype<(item: usize) => void>(visit);
    this.add(changetype<usize>(visitNext), changetype<usize>(list));
  }

  /** Does the next step; false if nothing is left to do. */
  advance(): bool {
    const task = this.first;
    if (task == null) return false;
    this.first = task.next;
    this.added = null;
    run(this);
    const step = task.step;
    if (step(task.state)) {
      task.next = this.free;
      this.free = task;
    } else {
      this.insert(task);
    }
    run(null);
    return true;
  }

  private insert(task: Task): void {
    const before = this.added;
    if (before == null) {
      task.next = this.first;
      this.first = task;
    } else {
      task.next = before.next;
      before.next = task;
    }
    this.added = task;
  }
}

/** The agenda whose step is being done. */
let running: Agenda | null = null;

function run(agenda: Agenda | null): void {
  running = agenda;
}

/**
 * Has `step(state)` called until it gives true, after the step that is being done and in the order of the calls; at once, if none is
 * being done. So whatever needs the outcome must be left for later too.
 */
export function later<T>(step: (state: T) => bool, state: T): void {
  const agenda = running;
  if (agenda == null) while (!step(state)) continue;
  else agenda.add(changetype<usize>(step), changetype<usize>(state));
}

/**
 * The same for what may come after things that are done before `later` would have it, if the order in which mistakes are reported does not
 * matter: in a document that was accepted before. Else it is done at once.
 */
export function laterInAnyOrder<T>(step: (state: T) => bool, state: T): void {
  const agenda = running;
  if (agenda != null && agenda.anyOrder) later<T>(step, state);
  else while (!step(state)) continue;
}

/** A list whose items are visited one by one, along the word that stands so many bytes after the start of each. */
@unmanaged
class Visit {
  item: usize;
  next: usize;
  visit: (item: usize) => void;
}

/** As `later`, where `visit` is called for each item of a list along `next`, each time in a step of its own. */
export function laterEach<T>(first: T | null, visit: (item: T) => void): void {
  const agenda = running;
  if (agenda == null) {
    let item = first;
    while (item != null) {
      visit(item);
      item = item.next;
    }
    return;
  }
  agenda.addVisit(changetype<usize>(first), offsetof<T>("next"), changetype<usize>(visit));
}

function visitNext(visit: usize): bool {
  const list = changetype<Visit>(visit);
  const item = list.item;
  if (item == 0) return true;
  list.item = load<usize>(item + list.next);
  list.visit(item);
  return false;
}
