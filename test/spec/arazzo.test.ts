import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadSpec, specFromText } from '../../src/spec/load.ts';
import type { Finding, Spec } from '../../src/spec/model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const services = resolve(import.meta.dirname, '../support/services');

/** The board's contract with other workflows beside it. */
async function withWorkflows(workflows: string, name = 'arazzo.yaml'): Promise<{ spec: Spec; findings: Finding[] }> {
  const folder = temporaryFolder();
  copyFileSync(join(services, 'board.yaml'), join(folder, 'board.yaml'));
  writeFileSync(join(folder, name), workflows);
  const read = await loadSpec(join(folder, 'board.yaml'));
  if (read.kind !== 'spec') throw new Error(JSON.stringify(read.findings));
  return read;
}

const head = (steps: string, more = ''): string => `arazzo: 1.0.0
info: { title: T, version: '1' }
sourceDescriptions: [{ name: board, url: board.yaml, type: openapi }]
workflows:
  - workflowId: w
    steps:
${steps}${more}`;

// The workflows beside a contract are clauses of it, in their own file, and part of what its digests stand for.
test('workflows belong to the contract that they name', async () => {
  const read = await loadSpec(join(services, 'board.yaml'));
  if (read.kind !== 'spec') throw new Error('no spec');
  const { spec, findings } = read;
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(spec.clauses.filter(({ kind }) => kind === 'workflow')).toEqual([
    {
      pointer: '#/workflows/a-card-is-finished',
      kind: 'workflow',
      title: 'a-card-is-finished: A card goes to done and stays there.',
    },
    { pointer: '#/workflows/the-budget-is-spent', kind: 'workflow', title: 'the-budget-is-spent' },
  ]);
  expect(spec.locate('#/workflows/the-budget-is-spent')).toEqual({
    file: join(services, 'board.arazzo.yaml'),
    line: 46,
    column: 5,
  });
  const other = await withWorkflows(head('      - { stepId: s, operationId: listBoards }\n'));
  expect(other.spec.semanticDigest).not.toBe(spec.semanticDigest);
  const unrelated = await loadSpec(join(services, 'todo.yaml'));
  expect(unrelated.kind === 'spec' ? unrelated.spec.workflows : 'none').toBeUndefined();
});

// A record of a contract holds its workflows: read from that text alone it is the same spec.
test('the text of a spec holds its workflows', async () => {
  const read = await loadSpec(join(services, 'board.yaml'));
  if (read.kind !== 'spec') throw new Error('no spec');
  const again = specFromText(read.spec.text, { file: read.spec.file, name: read.spec.name });
  if (again.kind !== 'spec') throw new Error('no spec');
  expect(again.spec.documentDigest).toBe(read.spec.documentDigest);
  expect(again.spec.workflows?.map(({ id }) => id)).toEqual(['a-card-is-finished', 'the-budget-is-spent']);
});

// What is broken in a workflow is told where it stands.
test.each([
  [
    'an unknown operation',
    '      - { stepId: s, operationId: nope }\n',
    'arazzo-operation',
    7,
    'the contract has no operation nope',
  ],
  [
    'an unknown path',
    "      - { stepId: s, operationPath: '{$sourceDescriptions.board.url}#/paths/~1x/get' }\n",
    'arazzo-operation',
    7,
    'names no operation of this contract',
  ],
  [
    'an unknown step',
    '      - stepId: s\n        operationId: listBoards\n        onSuccess: [{ name: on, type: goto, stepId: t }]\n',
    'arazzo-step',
    7,
    'goes to the step t, which w does not have',
  ],
  [
    'an unknown workflow',
    '      - { stepId: s, workflowId: other }\n',
    'arazzo-workflow',
    7,
    'there is no workflow other',
  ],
  [
    'an unknown component',
    '      - { stepId: s, operationId: getBoard, parameters: [{ reference: $components.parameters.x }] }\n',
    'arazzo-reference',
    7,
    '$components.parameters.x names no component',
  ],
  [
    'XPath',
    "      - stepId: s\n        operationId: listBoards\n        successCriteria:\n          - { context: $response.body, condition: '//a', type: xpath }\n",
    'arazzo-criterion',
    10,
    'criteria of type "xpath" are not supported',
  ],
  [
    'two of one name',
    '      - { stepId: s, operationId: listBoards }\n      - { stepId: s, operationId: listBoards }\n',
    'arazzo-duplicate',
    8,
    'stepId s is used twice',
  ],
])('%s is a finding', async (_, steps, rule, line, message) => {
  const { findings } = await withWorkflows(head(steps));
  const [first, ...others] = findings.filter(({ severity }) => severity === 'error');
  expect({
    others,
    rule: first?.rule,
    line: first?.location.line,
    file: first?.location.file.endsWith('arazzo.yaml'),
  }).toEqual({
    others: [],
    rule,
    line,
    file: true,
  });
  expect(first?.message).toContain(message);
});

// Text that is no YAML, a version that is not ours, and a description of another contract.
test('what cannot be read is said, and what is about others is left alone', async () => {
  const version = await withWorkflows('arazzo: 2.0.0\nworkflows: []\n');
  expect(version.findings.map(({ rule }) => rule)).toContain('arazzo-version');
  const broken = await withWorkflows('arazzo: [1.0.0\n');
  expect(broken.findings.map(({ rule }) => rule)).toContain('arazzo');
  const remote = await withWorkflows(head('').replace('url: board.yaml', 'url: https://example.com/board.yaml'));
  expect(remote.spec.workflows).toBeUndefined();
});
