import { Failure } from "../failure.ts";
import type { Source } from "../input/documents.ts";
import { shownPath, type Path } from "../input/path.ts";
import { positionOf } from "../input/position.ts";
import { isObject, type Json } from "../input/resource.ts";
import { suggestion } from "../schema/problem.ts";

/** How a field is to be written. */
export type Form = readonly [what: string, fits: (value: unknown) => boolean];

/** A value of a table, and where it stands. */
export class Place {
  private constructor(
    private readonly source: Source,
    readonly value: unknown,
    private readonly path: Path,
  ) {}

  /** The whole of a document. */
  static whole(source: Source): Place {
    return new Place(source, source.value, []);
  }

  /** A value in it. */
  at(step: string | number): Place {
    const value = (this.value as Record<string | number, unknown> | undefined)?.[step];
    return new Place(this.source, value, [...this.path, step]);
  }

  /** `file:line:column`, and the path if it is not the whole document; `step` is a field of it. */
  where(step?: string): string {
    const { file, line, column } = positionOf(
      this.source,
      step === undefined ? this.path : [...this.path, step],
      step !== undefined,
    );
    return `${file}:${line}:${column}${this.path.length === 0 ? "" : `: ${shownPath(this.path)}`}`;
  }

  /** The line that it begins in, from 1 on. */
  get line(): number {
    return positionOf(this.source, this.path).line;
  }

  /** @throws Failure that says where it stands; with `step` where that field of it does */
  fail(message: string, step?: string): never {
    throw new Failure(`${this.where(step)}: ${message}`);
  }

  /**
   * The object that it is.
   *
   * @throws Failure if it is none, or has a field beside these
   */
  object(fields: readonly string[]): Json {
    const { value } = this;
    if (!isObject(value)) return this.fail(`expected an object with ${fields.join(", ")}`);
    const unknown = Object.keys(value).find((field) => !fields.includes(field));
    if (unknown !== undefined) this.fail(`unknown field "${unknown}"${suggestion(unknown, fields)}`, unknown);
    return value;
  }

  /**
   * The object that it is, with fields of these forms.
   *
   * @throws Failure if it is none, has a field beside these, or one of another form
   */
  formed(forms: Readonly<Record<string, Form>>): Json {
    const value = this.object(Object.keys(forms));
    for (const field of Object.keys(value)) this.at(field).check(forms[field] as Form);
    return value;
  }

  /** @throws Failure if it has another form */
  check([what, fits]: Form): void {
    if (!fits(this.value)) this.fail(`expected ${what}, got ${JSON.stringify(this.value)}`);
  }

  /**
   * The places in the list that it is.
   *
   * @throws Failure if it is none, or empty
   */
  list(): Place[] {
    const { value } = this;
    if (!Array.isArray(value) || value.length === 0) return this.fail("expected a list that is not empty");
    return value.map((_, at) => this.at(at));
  }
}
