import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { bodyOracle } from '../support/body-oracle.ts';
import { examine } from '../support/examine-document.ts';

const bodies = { judged: 0, unjudged: 0 };
const root = dirname(createRequire(import.meta.url).resolve('@readme/oas-examples/package.json'));
const files = ['2.0', '3.0', '3.1'].flatMap((version) => documentsUnder(join(root, version, 'json')));

function documentsUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? documentsUnder(join(folder, entry.name))
      : entry.name.endsWith('.json')
        ? [join(folder, entry.name)]
        : [],
  );
}

// Properties are derived, and cases drawn and serialised, for every operation of public documents, requests and
// answers; nothing throws, no value is refused by its own schema, and no body that is sent as valid by ajv.
test.each(files.map((file) => [file.slice(root.length + 1), file]))('%s', async (_, file) => {
  const { refused, operations, properties, internal, judged, unjudged } = await examine(file, bodyOracle);
  bodies.judged += judged;
  bodies.unjudged += unjudged;
  expect(internal).toEqual([]);
  if (refused.length === 0) expect(operations === 0 || properties > 0).toBe(true);
  else expect(file).toMatch(/openapi-workshop.post\.json$/);
});

test('ajv judged most of the bodies', () => {
  expect(bodies.judged).toBeGreaterThan(20 * bodies.unjudged);
});
