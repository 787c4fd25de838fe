export { startAhead } from './ahead.ts';
export { startSubject } from './start.ts';
