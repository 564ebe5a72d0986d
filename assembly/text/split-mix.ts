/** By this the state goes on with each number that is drawn: 2^64 divided by the golden ratio, made odd. */
const STEP: u64 = 0x9e3779b97f4a7c15;

/** The state behind `state` in a sequence of SplitMix64. */
export function nextState(state: u64): u64 {
  return state + STEP;
}

/**
 * The 64 bits that SplitMix64 draws with a state (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
 * 2014). Any sequence of states will do to start from; consecutive ones give bits that look unrelated.
 */
export function bitsOf(state: u64): u64 {
  let z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}
