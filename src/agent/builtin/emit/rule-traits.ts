/** What the rules of a contract need of `perform.js` and `effects.js`. */
import type { Design } from '../design.ts';
import { judged } from '../rules/judged.ts';
import { orderedSteps } from '../rules/order.ts';
import { mayFail, needsSoundness } from '../rules/outcomes.ts';
import { hasOtherStatus } from './contract.ts';
import type { Emitted } from './emitted.ts';
import type { Mark } from './schema-traits.ts';

/** Notes the traits that hang on rules. */
export function ruleTraits({ spec, design, plans, rules }: Emitted, mark: Mark): void {
  const replayed = design.operations.filter((one) => one.switches.replayBy !== null);
  mark('replays', replayed.length > 0);
  mark(
    'replay-content',
    replayed.some((one) => one.switches.replayBy === 'content'),
  );
  mark(
    'replay-header',
    replayed.some((one) => one.switches.replayBy !== 'content'),
  );
  mark('replay-status', replayed.some(hasOtherStatus));
  mark('rules', plans.size > 0 || replayed.length > 0);
  mark(
    'free',
    design.operations.some((one) => !plans.has(one)),
  );
  for (const [one, plan] of plans) {
    const { steps, isCircular } = orderedSteps(plan);
    mark('steps', steps.length > 0);
    mark('held', judged(plan).length > 0);
    mark('rounds', isCircular);
    mark('sound', needsSoundness(spec, one, plan));
    mark('uncertain', mayFail(plan));
    mark(
      'deep-paths',
      one.wrapper !== null ||
        steps.some(
          (step) =>
            step.kind === 'defineItems' || step.kind === 'keepItems' || ('path' in step && step.path.length !== 1),
        ),
    );
    mark(
      'entries',
      steps.some((step) => step.kind === 'ensureEntry' || step.kind === 'correctSum') &&
        /\b(ensureEntry|from: )/.test(rules),
    );
    mark('excused', one.switches.replayBy !== null && steps.some((step) => step.kind !== 'define'));
    mark('homeless', one.action.kind === 'act' && !one.switches.unknown);
  }
  mark('given', /^ {4}given: /m.test(rules));
  mark('then', /^ {4}then: /m.test(rules));
  mark('constants', /\bconstant\b/.test(rules));
  mark('homes', /\bdefine(Items)?\(/.test(rules));
  mark('define', /\bdefine\(/.test(rules));
  mark('correctSum', /\bcorrectSum\(/.test(rules));
  mark('nested', isNested(design, rules));
  mark('loose-probes', [...plans.values()].some(mayFail) || /\.ensure\(/.test(rules));
}

/** True where asking one operation may lead back to it, or where what is asked changes something. */
function isNested(design: Design, rules: string): boolean {
  const asks = new Map<string, Set<string>>();
  let current = '';
  for (const line of rules.split('\n')) {
    current = /^ {2}(\S+): \{$/.exec(line)?.[1] ?? current;
    const called = /\bcall: '([^']+)'/.exec(line)?.[1];
    if (called !== undefined) asks.set(current, new Set([...(asks.get(current) ?? []), called]));
  }
  const isUnsafe = (name: string): boolean =>
    design.operations.some((one) => one.name === name && !['get', 'head'].includes(one.operation.method));
  const leadsTo = (name: string, wanted: string, seen: Set<string>): boolean =>
    [...(asks.get(name) ?? [])].some((next) => {
      if (next === wanted) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return leadsTo(next, wanted, seen);
    });
  return [...asks].some(([name, called]) => leadsTo(name, name, new Set()) || [...called].some(isUnsafe));
}
