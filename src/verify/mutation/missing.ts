/** Says of a mutant that no property noticed what the spec leaves open. */
import type { MutantResult } from '../../events/index.ts';
import type { Spec } from '../../spec/model.ts';
import type { Reached } from './reach.ts';

/** The operations whose own properties execute it: those that call it most directly, so that little else is executed. */
export function operationsOf({ takes }: Reached): string[] {
  const acceptances = takes.filter(({ ref }) => ref.kind === 'acceptance').flatMap(({ ref }) => ref.operation ?? []);
  const all = takes.flatMap(({ ref }) => ref.operation ?? []);
  return [...new Set(acceptances.length > 0 ? acceptances : all)];
}

const MOST_NAMED = 3;

/** The clause that would tell the code from its mutant, and where it should stand. */
export function missingClause(reached: Reached, spec: Spec): string {
  const { mutant } = reached;
  const ids = new Set(operationsOf(reached));
  const named = [
    ...spec.operations.map(({ id, method, path, pointer }) => ({
      id,
      name: `${method.toUpperCase()} ${path}`,
      pointer,
    })),
    ...spec.methods.map(({ name, pointer }) => ({ id: name, name, pointer })),
  ].filter(({ id }) => ids.has(id));
  const [first] = named;
  if (first === undefined)
    return 'no property executes this code: no clause says what it is for; describe it in the contract, or take it out';
  const routes = named.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = named.length > MOST_NAMED ? ` and ${named.length - MOST_NAMED} more` : '';
  const place = named.length === 1 ? `${first.pointer}/x-invariants` : '#/x-invariants';
  return `no clause of ${routes.join(', ')}${more} ${differs(mutant)}; add ${wanted(mutant, place)}`;
}

function differs({ mutator, before, after }: Pick<MutantResult, 'mutator' | 'before' | 'after'>): string {
  switch (mutator) {
    case 'block':
    case 'arrow':
      return 'sees what this code does';
    case 'condition':
      return `needs ${before} ever to be ${after === 'true' ? 'false' : 'true'}`;
    case 'optional':
      return `reaches a case in which ${before.split('?.')[0] ?? before} is absent`;
    default:
      return `tells ${before} from ${after} here`;
  }
}

function wanted({ mutator }: Pick<MutantResult, 'mutator'>, place: string): string {
  switch (mutator) {
    case 'boundary':
    case 'number':
      return `an invariant at ${place} that says what holds at this boundary`;
    case 'string':
    case 'object':
    case 'list':
      return `a const, an enum or an invariant at ${place} for this value, if it matters`;
    case 'pattern':
      return `a pattern to the schema of this value, or an invariant at ${place}`;
    case 'condition':
    case 'logical':
    case 'negation':
    case 'equality':
      return `an invariant at ${place} for the case that this condition tells apart`;
    default:
      return `an invariant at ${place} that says what it brings about`;
  }
}
