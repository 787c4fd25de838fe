/**
 * Resources that calls which must be refused share: a refusal changes nothing, so that what one such call needs serves
 * the next. A case that does not end as it must is run once more on resources of its own, and that counts; where it cannot
 * have any, what was accepted and had to be refused counts all the same.
 */
import type { Ran, Sent } from '../wire/execute.ts';
import type { Scenario } from '../cases/scenario.ts';
import type { Engine } from '../run/engine.ts';
import { type Judgement, sentOnly } from './property.ts';

/** What was made; `refused` where a set-up was, so that another may try; `lost` where the call may have changed it. */
type Making = Sent[] | 'refused' | 'lost';

/** What was or is made for the calls of an operation, by its id. */
type Pool = Map<string, Promise<Making>>;

const pools = new WeakMap<Engine, Pool>();

/**
 * Judges a scenario of set-ups, looks and one call: the call alone where another has made what it needs, else the whole
 * scenario. Whoever comes while something is made waits for it.
 */
export async function judgeShared(
  engine: Engine,
  scenario: Scenario,
  judge: (ran: Ran) => Judgement | Promise<Judgement>,
): Promise<Judgement> {
  const call = scenario.at(-1);
  const setups = scenario.findIndex(({ role }) => role !== 'setup');
  if (call?.role !== 'call' || setups <= 0) return judge(await engine.runner.run(scenario));
  const pool = poolOf(engine);
  const { id } = call.operation;
  let accepted: Judgement | undefined;
  for (;;) {
    const making = pool.get(id);
    if (making === undefined) return make(pool, id, async () => judged(await engine.runner.run(scenario)));
    const known = await making;
    if (known === 'refused') continue;
    if (known !== 'lost' && known.length === setups) {
      const result = await engine.runner.send(call, known);
      if (result.kind === 'sent' && result.sent.answer.kind === 'answer') {
        const judgement = await judge({ kind: 'ran', sent: [result.sent] });
        if (judgement.kind === 'passed') return judgement;
        if (judgement.kind === 'failed' && isSuccess(result.sent.answer)) accepted = judgement;
      }
      if (pool.get(id) === making) pool.delete(id);
    }
    const ran = await engine.runner.run(scenario);
    const own = await judge(ran);
    // Without the look before it, what a call was answered with says less.
    const hasLook = scenario.some(({ role }) => role === 'history');
    return ran.kind === 'unusable' && !hasLook ? (accepted ?? own) : own;
  }

  async function judged(ran: Ran): Promise<{ judgement: Judgement; making: Making }> {
    const judgement = await judge(ran);
    const made = sentOnly(ran.sent.slice(0, setups)).filter(({ answer }) => isSuccess(answer));
    if (ran.kind === 'unusable') return { judgement, making: made.length === setups ? made : 'refused' };
    return { judgement, making: judgement.kind === 'passed' ? made : 'lost' };
  }
}

/** Lets others wait for what the first of them makes. */
async function make(
  pool: Pool,
  id: string,
  run: () => Promise<{ judgement: Judgement; making: Making }>,
): Promise<Judgement> {
  const { promise, resolve } = Promise.withResolvers<Making>();
  pool.set(id, promise);
  let making: Making = 'lost';
  try {
    const ran = await run();
    ({ making } = ran);
    return ran.judgement;
  } finally {
    if (typeof making === 'string') pool.delete(id);
    resolve(making);
  }
}

function isSuccess(answer: Sent['answer']): boolean {
  return answer.kind === 'answer' && answer.status >= 200 && answer.status < 300;
}

function poolOf(engine: Engine): Pool {
  let pool = pools.get(engine);
  if (pool === undefined) pools.set(engine, (pool = new Map()));
  return pool;
}
