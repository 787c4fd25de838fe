/** What is taken back leaves no trace, whatever was done in between. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trimmed } from '../../../src/agent/builtin/emit/trim.ts';
import { formatsJs } from '../../../src/agent/builtin/runtime/formats.ts';
import { STORE_JS } from '../../../src/agent/builtin/runtime/store.ts';
import { fixtureSpec, moduleOf, writeFiles, writeService } from '../../support/synthesized.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Collection {
  children: Collection[];
  add(above: string[], fields: object): object;
  set(address: string[], fields: object): object;
  get(address: string[]): object | undefined;
  all(above?: string[]): object[];
  remove(address: string[]): boolean;
}

interface Store {
  collection(options: object): Collection;
  mark(): object;
  rollback(mark: object): void;
  commit(): void;
}

/** A store with all that any contract may need of it. */
const TRAITS = new Set(
  'homes family short found namesake singletons countable chosen add get draft written ensure all across set upsert replace remove'.split(
    ' ',
  ),
);

async function wholeStore(): Promise<Store> {
  const folder = temporaryFolder();
  writeService(folder, await fixtureSpec('todos'));
  writeFiles(folder, { 'store.js': trimmed(STORE_JS, TRAITS), 'formats.js': formatsJs(['uuid', 'date-time']) });
  return moduleOf<Store>(folder, 'store.js');
}

const id = fc.constantFrom('a', 'b', 'c');
const change = fc.oneof(
  fc.record({ kind: fc.constant('parent' as const), id }),
  fc.record({ kind: fc.constant('child' as const), id, own: id, n: fc.nat(9) }),
  fc.record({ kind: fc.constant('set' as const), id, own: id, n: fc.nat(9) }),
  fc.record({ kind: fc.constant('remove' as const), id }),
  fc.record({ kind: fc.constant('removeChild' as const), id, own: id }),
);

test('rollback is the inverse of any changes; commit keeps them; removal takes what is below along', async () => {
  const store = await wholeStore();
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.array(change, { maxLength: 12 }), (kept, tried) => {
      const parents = store.collection({ id: 'id' });
      const children = store.collection({ id: 'id', parents: ['parent'] });
      parents.children.push(children);
      const take = (one: (typeof kept)[number]): void => {
        if (one.kind === 'parent') parents.add([], { id: one.id });
        else if (one.kind === 'child') children.add([one.id], { id: one.own, n: one.n });
        else if (one.kind === 'set') children.set([one.id, one.own], { n: one.n });
        else if (one.kind === 'remove') parents.remove([one.id]);
        else children.remove([one.id, one.own]);
      };
      const seen = (): unknown => [parents.all(), children.all(), ...['a', 'b', 'c'].map((one) => children.all([one]))];
      kept.forEach(take);
      store.commit();
      const before = structuredClone(seen());
      const mark = store.mark();
      tried.forEach(take);
      store.rollback(mark);
      expect(seen()).toEqual(before);
      store.commit();
      expect(seen()).toEqual(before);
      for (const one of ['a', 'b', 'c']) if (parents.remove([one])) expect(children.all([one])).toEqual([]);
      store.commit();
    }),
    { numRuns: 300 },
  );
});

test('a record has an id of its own where the parameter of its parent has the same name', async () => {
  const store = await wholeStore();
  const view = { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } };
  const entries = store.collection({ id: 'id', parents: ['id'], views: [view] });
  const parent = '3f0c2f9e-9d3b-4c59-8f1a-0a5b6c7d8e9f';
  const made = [entries.add([parent], {}), entries.add([parent], {})];
  expect(entries.all([parent])).toEqual(made);
  expect(made.map((one) => ('id' in one ? one.id : null))).not.toContain(parent);
});
