/**
 * Findings that one fault explains: several properties meet the same wrong answer. A person reads the first with its
 * script, and the names of the others; the reports hold each.
 */
import type { Exchange, PropertyResult } from '../events/index.ts';
import type { Spec } from '../spec/model.ts';
import { operationFor } from '../verify/drift/routes.ts';

const REFUSALS: ReadonlySet<PropertyResult['kind']> = new Set(['rejection', 'conformance']);

/** A module that lacks several functions was named wrongly, or is not written yet. */
const NO_FUNCTION = 'the module exports no such function';

/**
 * Names the fault that a finding shows, by the answer that ends its counterexample; undefined where it may have a cause
 * of its own. Each constraint that is not checked is a fault by itself.
 */
export function causeOf({ kind, clause, verdict, counterexample }: PropertyResult, spec: Spec): string | undefined {
  const last = counterexample?.exchanges.at(-1);
  if (verdict !== 'fail' || counterexample === undefined || last === undefined) return undefined;
  if (counterexample.actual.endsWith(NO_FUNCTION)) return NO_FUNCTION;
  const { response, fault } = last;
  const where = ownerOf(spec, last);
  if (fault !== undefined) return `${where} ${withoutNumbers(fault)}`;
  if (response === undefined) return undefined;
  const { status, body } = response;
  if (status >= 500) return `${where} ${status} ${withoutNumbers(JSON.stringify(body ?? null))}`;
  // A refusal in other words than the contract's is one fault, whatever was refused.
  if (status >= 400) return REFUSALS.has(kind) ? `${where} ${status}` : undefined;
  if (kind === 'rejection') return `${where} accepts ${clause}`;
  const removal = counterexample.exchanges.find((one) => isRemovalBefore(one, last));
  return kind === 'stateful' && removal !== undefined ? `still there after ${ownerOf(spec, removal)}` : undefined;
}

function ownerOf(spec: Spec, { method, path }: Exchange): string {
  return operationFor(spec, method, pathOf(path))?.id ?? `${method} ${pathOf(path)}`;
}

function isRemovalBefore(one: Exchange, last: Exchange): boolean {
  const status = one.response?.status ?? 0;
  return (
    one !== last && one.method === 'DELETE' && status >= 200 && status < 300 && pathOf(one.path) === pathOf(last.path)
  );
}

function pathOf(path: string): string {
  return path.split('?')[0] ?? path;
}

/** Ids and times differ from one answer to the next. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+/g, '0').slice(0, 500);
}
