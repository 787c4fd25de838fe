import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The host of GraphQL modules stands beside this file: as a bundle in dist/, as it was written in src/. */
export function graphqlHost(): string {
  const bundled = join(import.meta.dirname, 'graphql-host.js');
  return existsSync(bundled) ? bundled : join(import.meta.dirname, 'graphql-host.ts');
}
