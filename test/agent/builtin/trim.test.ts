/** What the agent writes holds nothing that its contract has no use for: less to read, and less that no check can tell. */
import { expect, test } from 'vitest';
import { trimmed, withoutUnused } from '../../../src/agent/builtin/emit/trim.ts';
import { buildDesign } from '../../../src/agent/builtin/build-design.ts';
import { emitService } from '../../../src/agent/builtin/emit/service.ts';
import { repairEverything } from '../../../src/agent/builtin/repairs.ts';
import { fixtureSpec } from '../../support/synthesized.ts';

const TEXT = `always
  one; //? a
  other; //? !a
  both; //? a&b|c
  //? b {
  inner; //? !c
  //? }
`;

test.each([
  ['', 'always\n  other;\n'],
  ['a', 'always\n  one;\n'],
  ['a b', 'always\n  one;\n  both;\n  inner;\n'],
  ['b c', 'always\n  other;\n  both;\n'],
])('lines stay for their traits: %s', (traits, kept) => {
  expect(trimmed(TEXT, new Set(traits.split(' ')))).toBe(kept);
});

test('what nothing refers to is left out, and what only that referred to, through every file', () => {
  const files = withoutUnused({
    'a.js': "const { used, idle } = require('./b.js');\nused();\n",
    'b.js': `const { deep } = require('./c.js');

/** Is called. */
function used() {
  return [...list];
}

const list = [1];

/** Calls, and is not called. */
const idle = () => deep();

module.exports = { idle, used };
`,
    'c.js': 'function deep() {\n  return 1;\n}\n\nmodule.exports = { deep };\n',
  });
  expect(files).toEqual({
    'a.js': "const { used } = require('./b.js');\nused();\n",
    'b.js': `/** Is called. */
function used() {
  return [...list];
}

const list = [1];

module.exports = { used };
`,
    'c.js': '',
  });
});

test.each(['vacation-balance', 'todos', 'documents'])(
  'every part of %s is there, and no mark is left',
  async (name) => {
    const spec = await fixtureSpec(name);
    const design = buildDesign(spec);
    repairEverything(spec, design);
    const files = emitService(spec, design);
    for (const [file, text] of Object.entries(files)) {
      expect(text, file).not.toContain('//?');
      expect(text, file).not.toContain('FACTS');
      for (const [, taken = ''] of text.matchAll(/require\('\.\/([\w-]+\.js)'\)/g))
        expect(files).toHaveProperty([taken]);
    }
    expect(Object.keys(files).includes('list.js')).toBe(name === 'todos');
  },
);
