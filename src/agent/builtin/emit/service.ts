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
import { emitContract } from './contract.ts';
import { emitOperations } from './operations.ts';
import { emitRules } from './rules.ts';

/** File name to text; the same design gives the same files. */
export function emitService(spec: Spec, design: Design): Record<string, string> {
  const table = schemaTable(spec);
  const plans = new Map<OperationDesign, RulePlan>();
  for (const one of design.operations) {
    const plan = planRules(spec, design, one);
    if (plan !== null) plans.set(one, plan);
  }
  const operations = emitOperations(spec, design, table, plans);
  const rules = emitRules(design, plans);
  const contract = emitContract(spec, design, table); // Last but for the formats: by now every schema has a name.
  const hasRules = rules.includes('const rules');
  return {
    'package.json': '{ "private": true, "type": "commonjs" }\n',
    'server.js': SERVER_JS,
    'operations.js': operations,
    'rules.js': rules,
    'contract.js': contract,
    ...(hasRules ? { 'expressions.js': EXPRESSIONS_JS, 'effects.js': EFFECTS_JS } : {}),
    'perform.js': PERFORM_JS,
    'request.js': REQUEST_JS,
    'list.js': LIST_JS,
    'store.js': STORE_JS,
    'values.js': VALUES_JS,
    'schema.js': SCHEMA_JS,
    'formats.js': formatsJs(table.formats()),
  };
}
