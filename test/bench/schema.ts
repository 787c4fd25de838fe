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

function measure(draw: Draw, set: { group: Group; judge: Judge }[], dialect: Dialect): Record<string, number | string> {
  const documents = remotesOf(dialect);
  let ms = 0;
  let values = 0;
  let valid = 0;
  let distinct = 0;
  for (const { group, judge } of set) {
    const start = process.cpuUsage();
    const drawn = draw(group.schema, dialect, documents);
    const spent = process.cpuUsage(start);
    ms += (spent.user + spent.system) / 1000;
    values += drawn.length;
    if (drawn.length === VALUES && drawn.every((value) => value !== undefined && judge(value))) valid++;
    if (new Set(drawn.map((value) => JSON.stringify(value))).size >= 5) distinct++;
  }
  return {
    judged: set.length,
    'all valid': `${((100 * valid) / set.length).toFixed(1)} %`,
    '5 or more distinct': distinct,
    'values/s': Math.round((1000 * values) / ms),
  };
}

if (!hasSuite) {
  console.log(`skipped: no JSON-Schema-Test-Suite at ${suitePath} (set PLUMB_JSON_SCHEMA_SUITE)`);
} else {
  const rows: Record<string, Record<string, number | string>> = {};
  for (const dialect of DIALECTS) {
    const set = judged(groupsOf(dialect), dialect, remotesOf(dialect));
    rows[`${dialect} ours`] = measure(ours, set, dialect);
    rows[`${dialect} json-schema-faker`] = measure(faker, set, dialect);
  }
  console.table(rows);
}
