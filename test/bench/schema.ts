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
import { report } from './figure.ts';

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

const DRAWS = { ours, 'json-schema-faker': faker };
type Tool = keyof typeof DRAWS;
const TOOLS: Tool[] = ['ours', 'json-schema-faker'];

interface Row {
  judged: number;
  'all valid, %': number;
  '5 or more distinct': number;
  'values/s, first round': number;
  'values/s, later rounds': number;
}

interface Tally {
  values: number;
  firstMs: number;
  laterMs: number;
  valid: number;
  distinct: number;
}

/** Both tools on each schema in turn, so that neither has the warmer engine or the quieter machine. */
function measure(set: { group: Group; judge: Judge }[], dialect: Dialect): Record<Tool, Row> {
  const documents = remotesOf(dialect);
  const empty: Tally = { values: 0, firstMs: 0, laterMs: 0, valid: 0, distinct: 0 };
  const tallies: Record<Tool, Tally> = { ours: { ...empty }, 'json-schema-faker': { ...empty } };
  for (let round = 0; round < ROUNDS; round++) {
    for (const { group, judge } of set) {
      for (const tool of TOOLS) {
        const tally = tallies[tool];
        const start = process.cpuUsage();
        const drawn = DRAWS[tool](group.schema, dialect, documents);
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
  const rowOf = ({ values, firstMs, laterMs, valid, distinct }: Tally): Row => ({
    judged: set.length,
    'all valid, %': Number(((100 * valid) / set.length).toFixed(1)),
    '5 or more distinct': distinct,
    'values/s, first round': Math.round((1000 * values) / firstMs),
    'values/s, later rounds': Math.round((1000 * values * (ROUNDS - 1)) / laterMs),
  });
  return { ours: rowOf(tallies.ours), 'json-schema-faker': rowOf(tallies['json-schema-faker']) };
}

if (!hasSuite) {
  console.log(`skipped: no JSON-Schema-Test-Suite at ${suitePath} (set PLUMB_JSON_SCHEMA_SUITE)`);
} else {
  const measured = DIALECTS.map((dialect) => ({
    dialect,
    rows: measure(judged(groupsOf(dialect), dialect, remotesOf(dialect)), dialect),
  }));
  console.table(
    Object.fromEntries(
      measured.flatMap(({ dialect, rows }) => TOOLS.map((tool) => [`${dialect} ${tool}`, rows[tool]])),
    ),
  );
  for (const { dialect, rows } of measured) {
    const { ours: own, 'json-schema-faker': peer } = rows;
    report({
      figure: `${dialect}: schemas of the suite whose ${VALUES} values are all valid`,
      value: own['all valid, %'],
      unit: '%',
      limit: { atLeast: 98 },
      peer: `json-schema-faker ${peer['all valid, %']} %`,
    });
    report({
      figure: `${dialect}: values with preparation`,
      value: own['values/s, later rounds'],
      unit: '/s',
      limit: { atLeast: peer['values/s, later rounds'] },
      peer: 'which is json-schema-faker',
    });
  }
}
