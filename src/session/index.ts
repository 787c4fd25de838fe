export { decide, type Effect } from './decide.ts';
export type { Intent } from './intent.ts';
