/** What `plumb spec` leaves out of a long text, so that a person can read it: counted, and with how to see it all. */
import type { Finding, NotCovered, Operation } from '../../spec/model.ts';

/** As many findings, or operations, as are shown one by one. */
const FEW = 60;
/** Of each rule, or each part of the paths, where there are more. */
const EACH = 3;
const MOST_ERRORS = 20;

/** Findings of one rule that stand together. */
export interface RuleGroup {
  shown: Finding[];
  /** How many more there are. */
  left: number;
}

/** Findings by rule, in the order in which the rules first appear; all of each where there are few in all, or for `all`. */
export function groupFindings(findings: Finding[], all: boolean): RuleGroup[] {
  if (all || findings.length <= FEW) return [{ shown: findings, left: 0 }];
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.rule}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].map((group) => {
    const shown = group.slice(0, group[0]?.severity === 'error' ? MOST_ERRORS : EACH);
    return { shown, left: group.length - shown.length };
  });
}

export interface PathGroup {
  /** `/repos`. */
  title: string;
  operations: Operation[];
  left: number;
}

/** Operations by the first part of their path; undefined where there are few enough to show each whole. */
export function groupOperations(operations: Operation[], all: boolean): PathGroup[] | undefined {
  if (all || operations.length <= FEW) return undefined;
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const title = `/${operation.path.split('/')[1] ?? ''}`;
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [operation]);
    else group.push(operation);
  }
  const sorted = [...groups].sort((a, b) => b[1].length - a[1].length);
  const rest = sorted.slice(FEW).flatMap(([, group]) => group);
  const shown = sorted.slice(0, FEW).map(([title, group]): PathGroup => {
    const few = group.slice(0, EACH);
    return { title, operations: few, left: group.length - few.length };
  });
  return rest.length === 0 ? shown : [...shown, { title: 'other paths', operations: [], left: rest.length }];
}

/** The first of what is not covered, and how many more there are. */
export function briefNotCovered(notCovered: NotCovered[], all: boolean): { shown: NotCovered[]; left: number } {
  const shown = all ? notCovered : notCovered.slice(0, 10);
  return { shown, left: notCovered.length - shown.length };
}
