export * from './event.ts';
export * from './json.ts';
export * from './verification.ts';
