export { type Decision, decide, type Effect } from './decide.ts';
export type { Intent } from './intent.ts';
export { fold, initial, reduce, type State } from './state.ts';
