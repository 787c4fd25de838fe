/** What the handlers and rules of a contract need of `store.js`. */
import type { Spec } from '../../../spec/model.ts';
import type { OperationDesign } from '../design.ts';
import { bodySchema } from '../resources.ts';
import { membersOf, schemaAt, shapeOf } from '../shape.ts';
import type { Emitted } from './emitted.ts';
import type { Mark } from './schema-traits.ts';

/** Notes the traits that hang on what is remembered. */
export function storeTraits({ spec, design, operations, rules }: Emitted, traits: Set<string>, mark: Mark): void {
  const code = operations + rules;
  for (const method of ['add', 'get', 'draft', 'ensure', 'all', 'set', 'replace', 'remove'])
    mark(
      method,
      new RegExp(`\\.${method}\\(\\[`).test(code) ||
        (method !== 'add' && new RegExp(`\\.${method}\\(`).test(operations)),
    );
  mark('set', traits.has('define') || /\bsetMember\(/.test(rules));
  mark('add', traits.has('entries') || traits.has('correctSum'));
  mark('draft', /\bsetMember\(/.test(rules) && traits.has('deep-paths'));
  mark('family', traits.has('remove') && /\.children\.push/.test(operations));
  const { resources } = design;
  mark(
    'parents',
    resources.some((one) => one.parents.length > 0),
  );
  mark(
    'namesake',
    resources.some((one) => one.idField !== null && one.parents.includes(one.idField)),
  );
  mark(
    'singletons',
    resources.some((one) => one.idField === null),
  );
  mark(
    'countable',
    resources.some((one) => !one.isSingleton && !hasUuid(spec, one.idSchema)),
  );
  mark(
    'chosen',
    /\.add\(\[[^\]]*\], \{[^}]*\b(?:id|\w+Id|[a-z]+)\b/.test(rules) ||
      traits.has('entries') ||
      design.operations.some((one) => namesItsId(spec, one)),
  );
  mark('found', traits.has('entries'));
  // One record per parent is looked at, made where it is missing, and mostly never written.
  const isWritten = resources.some((one) => one.isSingleton && isWrittenTo(one.variable, code));
  const isDefined = design.operations.some(
    ({ action }) => action.kind !== 'compute' && action.kind !== 'read' && action.resource.isSingleton,
  );
  const hasOthers = design.operations.some((one) => !one.switches.unknown && one.pathNames.length > 0);
  mark('written', isWritten || isDefined || hasOthers);
  mark('written-singletons', isWritten || isDefined);
  const short = design.operations.some(({ action, pathNames }) => {
    const { resource } = action;
    if (resource === null || action.kind === 'compute') return false;
    const isBelow = action.kind === 'create' || action.kind === 'list' || resource.isSingleton;
    return pathNames.length < resource.parents.length + (isBelow ? 0 : 1);
  });
  mark('short', short || traits.has('entries'));
  mark(
    'across',
    design.operations.some(
      ({ action, pathNames }) => action.kind === 'list' && pathNames.length < action.resource.parents.length,
    ) || /\.all\(\)/.test(operations),
  );
  mark('upsert', hasOthers || (/\bsetMember\(/.test(rules) && traits.has('uncertain')) || isWritten || isDefined);
}

/** True where the code writes a collection's records. */
function isWrittenTo(variable: string, code: string): boolean {
  return new RegExp(`\\b${variable}\\.(?:add|set|ensure|replace)\\(|setMember\\(collections\\.${variable},`).test(code);
}

function hasUuid(spec: Spec, pointer: string | null): boolean {
  return pointer === null || schemaAt(spec, pointer)['format'] === 'uuid';
}

/** True where the client may send the id of what it makes. */
function namesItsId(spec: Spec, { action, operation, requestWrapper }: OperationDesign): boolean {
  if (action.kind !== 'create' || action.resource.idField === null) return false;
  const body = bodySchema(operation);
  return (
    body !== null &&
    (requestWrapper !== null ||
      membersOf(spec, body).has(action.resource.idField) ||
      shapeOf(spec, body).members.size === 0)
  );
}
