/**
 * A number that an environment variable sets, or `otherwise`.
 *
 * @throws RangeError where it is set to anything but a number above 0
 */
export function positive(name: string, otherwise: number): number {
  const value = process.env[name] === undefined ? otherwise : Number(process.env[name]);
  if (!(value > 0)) throw new RangeError(`${name} is ${process.env[name]}: expected a number above 0`);
  return value;
}
