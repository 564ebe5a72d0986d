/** How a list that the current request's headers hold is to be passed on. */
export const enum ListState {
  /** There is no such header. */
  ABSENT = 0,
  /** Valid, and passed on by leaving it alone. */
  AS_IT_CAME = 1,
  /** To be written anew by what `write` gives, or removed where that gives nothing. */
  ANEW = 2,
  /** Malformed: to be removed, all of it. */
  INVALID = 3,
}
