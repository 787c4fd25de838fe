/** The rules on input types: what breaks one must be refused, by every field that takes such an input. */
import fc from 'fast-check';
import { literalsOf } from '../../cases/literals.ts';
import { PLAIN } from '../call.ts';
import { argumentsArbitrary, casesOf, planOf, smallSelection } from '../cases.ts';
import type { GraphEngine } from '../engine.ts';
import { withLiteral } from '../literal-arguments.ts';
import type { GraphRule } from '../rules.ts';
import type { Property, Undecidable } from './property.ts';
import { notRefused } from './rejection.ts';

/** The property of a rule on an input type. What keeps the rule is the concern of acceptance. */
export function inputRuleOf(engine: GraphEngine, booked: GraphRule): Property | Undecidable {
  const { invariant, problem } = booked;
  const ref = { id: `invariant ${invariant.id}`, clause: invariant.pointer, kind: 'invariant' as const };
  if (problem !== undefined) return { ref, reason: problem };
  const roots = engine.contract.roots.filter(
    (root) => invariant.operations.includes(root.id) && engine.obstacle(root) === undefined,
  );
  if (roots.length === 0) return { ref, reason: 'no field that can be called takes such an input' };
  const literals = literalsOf({ invariants: [invariant], constants: engine.spec.constants });
  const arbitraries = roots.flatMap((root) => {
    const plan = planOf(engine, root, true);
    const drawn = argumentsArbitrary(engine, root);
    const near = fc
      .tuple(drawn, fc.constantFrom(...(literals.length === 0 ? [null] : literals)), fc.nat(1000))
      .map(([args, literal, turn]) => withLiteral(engine, root, args, literal, turn));
    const select = fc.constant(smallSelection(engine, root));
    return [drawn, near].map((args) =>
      casesOf(engine, root, { plan, args, select, valid: false, form: fc.constant(PLAIN) }),
    );
  });
  let broken = 0;
  let kept = 0;
  return {
    ref,
    runs: engine.runs,
    serial: false,
    arbitrary(index) {
      const arbitrary = arbitraries[index % arbitraries.length];
      if (arbitrary === undefined) throw new Error('an input type is taken by some field');
      return arbitrary;
    },
    async judge(drawn) {
      const call = drawn.at(-1);
      if (call === undefined || !engine.rules.breaks(booked, call.root, call.args)) {
        kept++;
        return { kind: 'discarded', sent: [], reason: 'the input keeps the rule' };
      }
      const ran = await engine.run(drawn);
      if (ran.kind === 'stuck') return { kind: 'discarded', sent: ran.sent, reason: ran.reason };
      const focus = ran.sent.length - 1;
      const sent = ran.sent[focus];
      if (sent === undefined || !engine.rules.breaks(booked, call.root, sent.args))
        return { kind: 'discarded', sent: ran.sent, reason: 'the input keeps the rule after all' };
      if (sent.answer.kind === 'fault') return { kind: 'undecided', sent: ran.sent, reason: sent.answer.message };
      broken++;
      const wrong = notRefused(sent);
      if (wrong === undefined) return { kind: 'passed', sent: ran.sent };
      return {
        kind: 'failed',
        sent: ran.sent,
        focus,
        actual: wrong.actual,
        expected: `errors and no data, as the input breaks the rule ${invariant.rule}${invariant.message === undefined ? '' : ` (${invariant.message})`}`,
        test: `(({ status, body }) => ${wrong.test})(answers[${focus}])`,
      };
    },
    conclude: () =>
      broken > 0 ? {} : { reason: `all ${kept} inputs that were drawn keep the rule, so no refusal was tried` },
  };
}
