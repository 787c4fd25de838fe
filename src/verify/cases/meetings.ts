/**
 * Values that have to meet: where a rule compares what is sent with what a probe reads before the call (`request.body
 * .amount == before.body.total`), chance seldom makes them equal. The value that the set-up answered is sent instead.
 */
import fc, { type Arbitrary } from 'fast-check';
import { at, type JsonValue } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import type { Call } from './cases.ts';
import { jsonSchemaOf, successOf } from './media.ts';
import type { Plan } from './producers.ts';
import type { BookedRule } from '../rules/rules.ts';
import type { Schemas } from '../schema-port.ts';
import type { Binding, Input } from './scenario.ts';
import { propertySchema } from './schema-walk.ts';
import { chainOf, isNode, type RuleNode } from '../rules/rule-node.ts';

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);
const MAX_MEETINGS = 8;

interface Compared {
  /** Members of the request's body. */
  sent: string[];
  /** Members of the probe's body. */
  read: string[];
}

/** Bindings that let a sent value meet one that the set-up made; each is taken only where the value is valid there. */
export function meetingsOf(spec: Spec, schemas: Schemas, plan: Plan, rules: BookedRule[]): Binding[] {
  const body = jsonSchemaOf(plan.operation.requestBody?.content ?? []);
  if (body === undefined) return [];
  const meetings = new Map<string, Binding>();
  for (const { rule, invariant } of rules) {
    const probes = new Set(invariant.given.map((probe) => probe.name));
    for (const { sent, read } of comparedIn(rule?.ast, probes)) {
      const into = at('/body', ...sent);
      const field = through(spec, body, sent);
      if (field === undefined || plan.bindings.some((binding) => binding.into === into)) continue;
      const fits = (value: JsonValue): boolean => schemas.validate(field, value, 'request').length === 0;
      plan.setup.forEach((step, index) => {
        const answer = jsonSchemaOf(successOf(step.operation)?.content ?? []);
        if (answer === undefined || through(spec, answer, read) === undefined) return;
        const from = { step: index, place: 'body' as const, pointer: at('', ...read) };
        meetings.set(`${into} ${index} ${from.pointer}`, { into, from, fits });
      });
    }
  }
  return [...meetings.values()].slice(0, MAX_MEETINGS);
}

/** Calls with the inputs; some of them let one value meet. */
export function meeting(inputs: Arbitrary<Input>, plan: Plan, meetings: Binding[]): Arbitrary<Call> {
  if (meetings.length === 0) return inputs.map((input) => ({ input, valid: true }));
  return fc.tuple(inputs, fc.nat(meetings.length * 3)).map(([input, draw]) => {
    const chosen = meetings[draw - 1];
    return { input, valid: true, ...(chosen === undefined ? {} : { bindings: [...plan.bindings, chosen] }) };
  });
}

function through(spec: Spec, schema: string, members: string[]): string | undefined {
  return members.reduce<string | undefined>(
    (pointer, name) => (pointer === undefined ? undefined : propertySchema(spec, pointer, name)),
    schema,
  );
}

/** Pairs of a sent and a probed member that stand on the two sides of a comparison. */
function comparedIn(ast: unknown, probes: ReadonlySet<string>): Compared[] {
  const found: Compared[] = [];
  visit(ast, (node) => {
    const [left, right] = COMPARISONS.has(node.op) && Array.isArray(node.args) ? node.args : [];
    if (left === undefined || right === undefined) return;
    const chains = [...chainsIn(left), ...chainsIn(right)];
    const bodies = chains.flatMap(([root, part, ...members]) =>
      part === 'body' && members.length > 0 && root !== undefined ? [{ root, members }] : [],
    );
    for (const sent of bodies)
      for (const read of bodies)
        if (sent.root === 'request' && probes.has(read.root)) found.push({ sent: sent.members, read: read.members });
  });
  return found;
}

function visit(value: unknown, see: (node: RuleNode) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  if (!isNode(value)) return;
  see(value);
  visit(value.args, see);
}

/** Member chains such as `request.body.amount`, the longest ones only. */
function chainsIn(value: unknown): string[][] {
  if (Array.isArray(value)) return value.flatMap(chainsIn);
  if (!isNode(value)) return [];
  const whole = chainOf(value);
  return whole === undefined ? chainsIn(value.args) : [whole];
}
