/**
 * Our generator beside json-schema-faker on the official suite: validity, distinct values, values per second.
 * Run with `node test/bench/schema.ts`. 20 values for each judged schema, preparation included in the time, which is
 * processor time, so that other load on the machine does not count.
 */
import fc from 'fast-check';
import { createGeneratorSync } from 'json-schema-faker';
import type { JsonSchema } from 'json-schema-faker';
import type { JsonValue } from '../../src/events/index.ts';
import type { Dialect } from '../../src/spec/model.ts';
import { createSchemas } from '../../src/verify/schema/index.ts';
import { judged } from '../verify/schema/oracle.ts';
import type { Judge } from '../verify/schema/oracle.ts';
import { groupsOf, hasSuite, remotesOf, suitePath } from '../verify/schema/suite.ts';
import type { Group } from '../verify/schema/suite.ts';

const VALUES = 20;
const ROUNDS = 4;
const DIALECTS: Dialect[] = ['draft-04', 'draft-07', '2019-09', '2020-12'];

type Draw = (schema: JsonValue, dialect: Dialect, documents: Record<string, JsonValue>) => JsonValue[];

const ours: Draw = (schema, dialect, documents) => {
  const generator = createSchemas(schema, { dialect, documents }).generator('#', 'any');
  return generator.kind === 'generator' ? fc.sample(generator.arbitrary, { numRuns: VALUES, seed: 42 }) : [];
};

const faker: Draw = (schema) => {
  const generator = createGeneratorSync({ seed: 42 });
  try {
    return Array.from({ length: VALUES }, () => generator.generate(schema as JsonSchema) as JsonValue);
  } catch {
    return [];
  }
};

interface Tally {
  values: number;
  firstMs: number;
  laterMs: number;
  valid: number;
  distinct: number;
}

/** Both tools on each schema in turn, so that neither has the warmer engine or the quieter machine. */
function measure(set: { group: Group; judge: Judge }[], dialect: Dialect): Record<string, Record<string, string>> {
  const documents = remotesOf(dialect);
  const tools = Object.entries({ ours, 'json-schema-faker': faker });
  const tallies = tools.map((): Tally => ({ values: 0, firstMs: 0, laterMs: 0, valid: 0, distinct: 0 }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { group, judge } of set) {
      for (const [index, [, draw]] of tools.entries()) {
        const tally = tallies[index];
        if (!tally) continue;
        const start = process.cpuUsage();
        const drawn = draw(group.schema, dialect, documents);
        const spent = process.cpuUsage(start);
        const ms = (spent.user + spent.system) / 1000;
        if (round > 0) {
          tally.laterMs += ms;
          continue;
        }
        tally.firstMs += ms;
        tally.values += drawn.length;
        if (drawn.length === VALUES && drawn.every((value) => value !== undefined && judge(value))) tally.valid++;
        if (new Set(drawn.map((value) => JSON.stringify(value))).size >= 5) tally.distinct++;
      }
    }
  }
  return Object.fromEntries(
    tools.map(([name], index) => {
      const { values = 0, firstMs = 0, laterMs = 0, valid = 0, distinct = 0 } = tallies[index] ?? {};
      const row = {
        judged: String(set.length),
        'all valid': `${((100 * valid) / set.length).toFixed(1)} %`,
        '5 or more distinct': String(distinct),
        'values/s, first round': String(Math.round((1000 * values) / firstMs)),
        'values/s, later rounds': String(Math.round((1000 * values * (ROUNDS - 1)) / laterMs)),
      };
      return [`${dialect} ${name}`, row];
    }),
  );
}

if (!hasSuite) {
  console.log(`skipped: no JSON-Schema-Test-Suite at ${suitePath} (set PLUMB_JSON_SCHEMA_SUITE)`);
} else {
  const tables = DIALECTS.map((dialect) => measure(judged(groupsOf(dialect), dialect, remotesOf(dialect)), dialect));
  console.table(Object.assign({}, ...tables));
}
