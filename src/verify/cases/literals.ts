/** Values that the spec itself names: in rules, constants and enumerations. They are where behaviour changes. */
import type { JsonValue } from '../../events/index.ts';
import type { Invariant, Spec } from '../../spec/model.ts';

const MAX_LITERALS = 400;

/** Strings and numbers to mix into the draws; numbers come with their neighbours, dates with the days beside them. */
export function literalsOf(spec: Pick<Spec, 'invariants' | 'constants'>): JsonValue[] {
  const { add, all } = collectLiterals(MAX_LITERALS);
  for (const { rule } of spec.invariants) {
    for (const [, double, single] of rule.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g))
      add(double ?? single ?? '');
    for (const [text] of rule.replace(/"[^"]*"|'[^']*'/g, '').matchAll(/(?<![\w.])\d+(?:\.\d+)?\b/g)) add(Number(text));
  }
  for (const values of Object.values(spec.constants))
    for (const { value, from } of values) {
      add(value);
      if (from !== undefined) add(from);
    }
  return all();
}

/** Gathers strings and numbers, each once, with what lies beside them; at most so many. */
export function collectLiterals(most: number): { add: (value: JsonValue) => void; all: () => JsonValue[] } {
  const found = new Set<string | number>();
  return {
    add(value) {
      if (found.size >= most) return;
      if (typeof value === 'number' && Number.isFinite(value))
        for (const near of [value - 1, value, value + 1]) found.add(near);
      if (typeof value === 'string' && value.length <= 200) {
        found.add(value);
        for (const day of daysBeside(value)) found.add(day);
      }
    },
    all: () => [...found],
  };
}

/** The literals of one rule: its own and those of the constants that it names. */
export function literalsOfRule(spec: Spec, invariant: Invariant): JsonValue[] {
  const named = Object.entries(spec.constants).filter(([name]) => new RegExp(`\\b${name}\\b`).test(invariant.rule));
  const rule = invariant.rule.replace(/response\s*\.\s*status\s*((==|!=)\s*\d+|in\s*\[[^\]]*\])/g, '');
  return literalsOf({ invariants: [{ ...invariant, rule }], constants: Object.fromEntries(named) });
}

function daysBeside(text: string): string[] {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return [];
  const time = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(time)) return [];
  return [-1, 1]
    .map((days) => new Date(time + days * 86_400_000).toISOString().slice(0, 10))
    .filter((day) => /^\d{4}-/.test(day));
}
