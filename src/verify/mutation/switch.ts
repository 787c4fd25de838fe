/** How the code with switches is told which mutant is on; 0 is none. */

/** The environment variable that says so when a process starts. */
export const SWITCH = 'PLUMB_MUTANT';

/** The property of the global object that says so from then on. */
export const ACTIVE = '__plumbMutantId';

/** The property of the global object that says which mutant was come by last; absent where none was. */
export const REACHED = '__plumbMutantReached';
