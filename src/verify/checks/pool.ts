/**
 * Resources that calls which must be refused share: a refusal changes nothing, so that what one such call needs serves
 * the next. A case that does not end as it must is run once more on resources of its own; only that counts.
 */
import type { Ran, Sent } from '../wire/execute.ts';
import type { Scenario } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { type Judgement, sentOnly } from './property.ts';

/** What was made for the calls of an operation, by its id. */
const pools = new WeakMap<Engine, Map<string, Sent[]>>();

/** Judges a scenario of set-ups and one call: on shared resources where there are some, then on its own. */
export async function judgeShared(
  engine: Engine,
  scenario: Scenario,
  judge: (ran: Ran) => Judgement,
): Promise<Judgement> {
  const call = scenario.at(-1);
  const setups = scenario.slice(0, -1);
  if (call === undefined || setups.length === 0 || setups.some(({ role }) => role !== 'setup'))
    return judge(await engine.runner.run(scenario));
  const pool = poolOf(engine);
  const { id } = call.operation;
  const known = pool.get(id);
  if (known !== undefined) {
    const result = await engine.runner.send(call, known);
    if (result.kind === 'sent' && result.sent.answer.kind === 'answer') {
      const judgement = judge({ kind: 'ran', sent: [result.sent] });
      if (judgement.kind === 'passed') return judgement;
    }
    pool.delete(id);
  }
  const ran = await engine.runner.run(scenario);
  const judgement = judge(ran);
  const made = sentOnly(ran.sent.slice(0, setups.length));
  if (judgement.kind === 'passed' && made.length === setups.length) pool.set(id, made);
  return judgement;
}

function poolOf(engine: Engine): Map<string, Sent[]> {
  let pool = pools.get(engine);
  if (pool === undefined) pools.set(engine, (pool = new Map()));
  return pool;
}
