export { startSubject } from './start.ts';
