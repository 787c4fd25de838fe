/** The reference services as a team would have written them: without the switches of their planted bugs. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { ServiceName } from './reference-services.ts';

const services = fileURLToPath(new URL('services', import.meta.url));

/** Writes a service as one JavaScript file, `server.js`, without what it does not use. */
export function writeServiceWithoutBugs(name: ServiceName, folder: string): void {
  const sources = join(folder, 'sources');
  mkdirSync(sources, { recursive: true });
  const entry = name === 'vacation-balance' ? `${name}.mjs` : `${name}.ts`;
  for (const file of ['http.ts', entry]) writeFileSync(join(sources, file), withoutBugs(file));
  buildSync({
    entryPoints: [join(sources, entry)],
    outfile: join(folder, 'app', 'server.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    minifySyntax: true,
  });
  const server = join(folder, 'app', 'server.js');
  // What esbuild shortens: nobody writes it so, and its mutants change nothing.
  const text = readFileSync(server, 'utf8').replaceAll(/!0\b/g, 'true').replaceAll(/!1\b/g, 'false');
  writeFileSync(server, text.replaceAll('void 0', 'undefined'));
  writeFileSync(join(folder, 'app', 'package.json'), '{ "type": "module" }');
}

function withoutBugs(file: string): string {
  return readFileSync(join(services, file), 'utf8')
    .replaceAll(/\bbug === '[^']*'/g, 'false')
    .replaceAll(/\bbug !== '[^']*'/g, 'true')
    .replace(/^(export )?const bug = .*$/m, '')
    .replace(/\bbug, /, '');
}
