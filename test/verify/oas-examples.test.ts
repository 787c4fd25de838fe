import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSpec } from '../../src/spec/load.ts';
import { drawValue } from '../../src/verify/draw.ts';
import { createEngine } from '../../src/verify/run/engine.ts';
import { createRunner } from '../../src/verify/wire/execute.ts';
import { literalsOf } from '../../src/verify/cases/literals.ts';
import { propertiesOf } from '../../src/verify/checks/properties.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';

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

// Properties are derived, and cases drawn, for every operation of public documents; nothing throws, nothing is skipped.
test.each(files.map((file) => [file.slice(root.length + 1), file]))('%s', async (_, file) => {
  const read = await loadSpec(file);
  if (read.kind !== 'spec') {
    expect(read.findings.length).toBeGreaterThan(0);
    return;
  }
  const { spec } = read;
  const schemas = createSchemas(spec.document, { dialect: spec.dialect, literals: literalsOf(spec) });
  const send = async () => ({ kind: 'fault' as const, message: 'not sent', ms: 0 });
  const runner = createRunner({ send, wire: spec, timeoutMs: 1000 });
  const engine = createEngine({ spec, schemas, runner, seed: 1, runs: 10, today: '2026-11-23' });
  const { active, undecidable } = propertiesOf(engine);
  const decided = new Set([...active.map((one) => one.ref.id), ...undecidable.map((one) => one.ref.id)]);
  for (const operation of spec.operations) expect(decided).toContain(`acceptance ${operation.id}`);
  for (const property of active)
    for (let index = 0; index < 2; index++) {
      const { value } = drawValue(property.arbitrary(index), 1, property.ref.id, index);
      expect(value.some((step) => step.role === 'call')).toBe(true);
      for (const step of value) if (step.valid) expect(engine.accepts(step.operation, step.input)).toBe(true);
    }
});
