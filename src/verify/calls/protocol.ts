/** What JSON-RPC 2.0 asks of a program whatever its methods are: unknown methods, broken lines, notifications. */
import fc from 'fast-check';
import { isObject, type PropertyRef } from '../../events/index.ts';
import type { Method } from '../../spec/model.ts';
import { callScenarios } from './cases.ts';
import type { CallEngine } from './engine.ts';
import type { CallFinding, CallProperty, CallRider } from './property.ts';
import { type CallScenario, describeOutcome, type Made } from './scenario.ts';

const CLAUSE = '#/openrpc';
const WAIT_MS = 2000;

/** Lines that are no request, each with the code that JSON-RPC 2.0 §5.1 has for it. */
const BROKEN: readonly (readonly [line: string, code: number])[] = [
  ['{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', -32700],
  ['nonsense', -32700],
  ['{"jsonrpc": "2.0", "id": 1', -32700],
  ['{"foo": "boo"}', -32600],
];

/** All that a program writes on its standard output answers something. */
export function outputRider(methods: Method[]): CallRider {
  return {
    ref: { id: 'conformance output', clause: CLAUSE, kind: 'conformance' },
    methods: methods.map(({ name }) => name),
    check({ outcome }) {
      const { stray } = outcome.notes ?? {};
      if (stray === undefined) return { seen: 1 };
      const expected = 'only JSON-RPC responses to requests on standard output; all else belongs on standard error';
      return { seen: 1, finding: { actual: `the line ${stray}`, expected, test: () => 'strays.length > 0' } };
    },
  };
}

/** The properties of the protocol; none for a subject that is not asked over lines. */
export function protocolOf(engine: CallEngine, methods: Method[]): CallProperty[] {
  const method = methods.find(({ pure }) => pure) ?? methods[0];
  if (!engine.wired || method === undefined) return [];
  const calls = callScenarios(engine, method, {
    params: engine.paramsFor(method).arbitrary('wished'),
    valid: true,
    history: false,
  });
  const property = (
    id: string,
    kind: PropertyRef['kind'],
    more: Pick<CallProperty, 'judge' | 'runs'>,
  ): CallProperty => ({
    ref: { id, clause: CLAUSE, kind },
    serial: true,
    needs: [method.name],
    arbitrary: () => calls,
    ...more,
  });
  return [unknownMethod(engine), brokenLines(engine, property), notifications(engine, property)];
}

function unknownMethod(engine: CallEngine): CallProperty {
  const method: Method = {
    name: 'noSuchMethod',
    pointer: CLAUSE,
    summary: '',
    deprecated: false,
    structure: 'by-position',
    parameters: [],
    errors: [],
    links: [],
    examples: [],
    invariants: [],
    pure: true,
  };
  const scenario: CallScenario = [{ role: 'call', method, params: {}, bindings: [], valid: false, byName: false }];
  return {
    ref: { id: 'rejection unknown method', clause: CLAUSE, kind: 'rejection' },
    runs: 1,
    serial: true,
    needs: [],
    arbitrary: () => fc.constant(scenario),
    async judge() {
      const { made } = await engine.run(scenario);
      const outcome = made[0]?.outcome;
      if (outcome === undefined) return { kind: 'discarded', made, reason: 'no call' };
      if (outcome.kind === 'error' && outcome.code === -32601) return { kind: 'passed', made };
      const expected = 'error -32601 for a method that does not exist (JSON-RPC 2.0 §5.1)';
      const test = 'answers[0].error?.code !== -32601';
      return { kind: 'failed', made, focus: 0, actual: describeOutcome(outcome), expected, test };
    },
  };
}

type Make = (id: string, kind: PropertyRef['kind'], more: Pick<CallProperty, 'judge' | 'runs'>) => CallProperty;

function brokenLines(engine: CallEngine, property: Make): CallProperty {
  let next = 0;
  return property('rejection broken line', 'rejection', {
    runs: BROKEN.length,
    async judge(scenario) {
      const [line, code] = BROKEN[next++ % BROKEN.length] ?? ['', 0];
      const answer = await engine.line(line, WAIT_MS);
      const error = isObject(answer) && isObject(answer['error']) ? answer['error'] : undefined;
      const { made } = await engine.run(scenario);
      const after = lastOf(made);
      const finding = (actual: string, expected: string, test: string): { kind: 'failed' } & CallFinding => ({
        kind: 'failed',
        made,
        focus: Math.max(0, made.length - 1),
        actual,
        expected,
        lines: [line],
        test,
      });
      if (error === undefined || error['code'] !== code) {
        const seen = answer === undefined ? 'no answer' : JSON.stringify(answer).slice(0, 300);
        const expected = `error ${code} with id null for the line ${line} (JSON-RPC 2.0 §5.1)`;
        return finding(seen, expected, `lines[0]?.error?.code !== ${code}`);
      }
      if (after?.outcome.kind !== 'fault') return { kind: 'passed', made };
      return finding(describeOutcome(after.outcome), `it goes on after the line ${line}`, 'answers.some(broke)');
    },
  });
}

function notifications(engine: CallEngine, property: Make): CallProperty {
  return property('conformance notifications', 'conformance', {
    runs: 3,
    async judge(scenario) {
      const call = scenario.at(-1);
      if (call === undefined) return { kind: 'discarded', made: [], reason: 'no call' };
      const first = await engine.run(scenario);
      const last = lastOf(first.made);
      if (last === undefined || last.outcome.kind === 'fault')
        return { kind: 'discarded', made: first.made, reason: 'the call is not answered at all' };
      const line = JSON.stringify({ jsonrpc: '2.0', method: last.method.name, params: last.wire });
      await engine.line(line, 0);
      const second = await engine.run(scenario);
      const stray = second.made.map(({ outcome }) => outcome.notes?.stray).find((one) => one !== undefined);
      if (stray === undefined) return { kind: 'passed', made: second.made };
      return {
        kind: 'failed',
        made: second.made,
        focus: second.made.length - 1,
        actual: `the line ${stray}`,
        expected: 'no answer to a request without id (JSON-RPC 2.0 §4.1)',
        lines: [line],
        test: 'strays.length > 0',
      };
    },
  });
}

function lastOf(made: Made[]): Made | undefined {
  return made.at(-1);
}
