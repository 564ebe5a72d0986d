const LN_2: f64 = 0.6931471805599453;
/** 2 to a higher power is no number. */
const MOST_DOUBLINGS: f64 = 1023;
/** A rest of at most ln 2 to the 19th power, divided by 19!, is no more than 1e-20. */
const TERMS: i32 = 18;

/** e to the power of `x`, which is at least 0, to twelve digits; infinite if it is too large. AssemblyScript's own takes several times the bytes. */
export function exp(x: f64): f64 {
  const doublings = floor(x / LN_2);
  if (doublings > MOST_DOUBLINGS) return Infinity;
  const rest = x - doublings * LN_2;
  let sum: f64 = 1;
  for (let term = TERMS; term > 0; term--) sum = 1 + (sum * rest) / <f64>term;
  return sum * reinterpret<f64>((<u64>doublings + 1023) << 52);
}
