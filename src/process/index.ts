/** Child processes that run untrusted code: supervised groups, a scrubbed environment, bounded and safe output. */
export * from './environment.ts';
export * from './group.ts';
export * from './tail.ts';
