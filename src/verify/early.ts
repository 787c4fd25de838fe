/** Keywords that are confirmed before the first case: those of an ordinary contract, so that its properties are known. */
const CONFIRMED_FIRST = 400;
/** Each counts for one more for so many places of its schema. */
const PLACES = 100;
/** A contract with more operations has none confirmed first: it is to begin soon. */
const ORDINARY = 60;

export interface Early {
  /** Whether the next keyword, which has so many places around it, is confirmed now and not at its turn. */
  takes(width: number): boolean;
}

/** Which keywords are confirmed before the first case, in the order in which they are asked about. */
export function confirmedEarly(operations: number): Early {
  let left = operations > ORDINARY ? 0 : CONFIRMED_FIRST;
  return {
    takes(width) {
      if (left <= 0) return false;
      left -= 1 + Math.floor(width / PLACES);
      return true;
    },
  };
}
