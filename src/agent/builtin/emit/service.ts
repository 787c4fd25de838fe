/** The files of the service, made of a design. */
import type { Spec } from '../../../spec/model.ts';
import { schemaTable } from '../contract-data.ts';
import type { Design, OperationDesign } from '../design.ts';
import type { RulePlan } from '../rules/plan.ts';
import { planRules } from '../rules/plan-rules.ts';
import { EFFECTS_JS } from '../runtime/effects.ts';
import { EXPRESSIONS_JS } from '../runtime/expressions.ts';
import { formatsJs } from '../runtime/formats.ts';
import { LIST_JS } from '../runtime/list.ts';
import { PERFORM_JS } from '../runtime/perform.ts';
import { REQUEST_JS } from '../runtime/request.ts';
import { SCHEMA_JS } from '../runtime/schema.ts';
import { SERVER_JS } from '../runtime/server.ts';
import { STORE_JS } from '../runtime/store.ts';
import { VALUES_JS } from '../runtime/values.ts';
import { outcomesOf } from '../rules/outcomes.ts';
import { contractData, emitContract } from './contract.ts';
import { emitOperations } from './operations.ts';
import { emitRules } from './rules.ts';
import { traitsOf } from './traits.ts';
import { trimmed, withoutUnused } from './trim.ts';
import { factsCode } from './value-traits.ts';

/** File name to text; the same design gives the same files. */
export function emitService(spec: Spec, design: Design): Record<string, string> {
  const table = schemaTable(spec);
  const plans = new Map<OperationDesign, RulePlan>();
  const outcomes = new Map<OperationDesign, number[]>();
  for (const one of design.operations) {
    const plan = planRules(spec, design, one);
    if (plan === null) continue;
    plans.set(one, plan);
    outcomes.set(one, outcomesOf(spec, one, plan));
  }
  const operations = emitOperations(spec, design, table, plans);
  const rules = emitRules(design, plans);
  const data = contractData(spec, design, table, outcomes);
  const emitted = { spec, design, plans, data, schemas: table.all(), table, operations, rules }; // By now every schema has a name.
  const { traits, schemas, formats, type } = traitsOf(emitted);
  const cut = (text: string): string => {
    const kept = trimmed(text, traits).replace('FACTS', factsCode(emitted)).replace('REFUSAL_TYPE', `'${type}'`);
    return traits.has('one-way') ? kept : withoutWay(kept);
  };
  const files = withoutUnused({
    'server.js': cut(SERVER_JS),
    'operations.js': operations,
    'rules.js': rules,
    'contract.js': emitContract(spec, design, table, data, schemas),
    'expressions.js': EXPRESSIONS_JS,
    'effects.js': cut(EFFECTS_JS),
    'perform.js': cut(PERFORM_JS),
    'request.js': cut(REQUEST_JS),
    'list.js': LIST_JS,
    'store.js': cut(STORE_JS),
    'values.js': cut(VALUES_JS),
    'schema.js': cut(SCHEMA_JS),
    'formats.js': formatsJs(formats),
  });
  return {
    'package.json': '{ "private": true, "type": "commonjs" }\n',
    ...Object.fromEntries(
      Object.entries(files).filter(([name, text]) => name === 'server.js' || text.includes('module.exports')),
    ),
  };
}

/** Without the difference of requests and answers, where no schema makes one. */
function withoutWay(text: string): string {
  return text.replaceAll(/, way\b|, '(?:request|response)'(?=[,)])/g, '');
}
