/** Which checks of a request a handler makes needless, and which are still missing. */
import type { OperationDesign, RequestPart } from '../design.ts';
import { requestParts } from '../repairs.ts';

/** True where every id of the path is looked up, so that whatever else stands there is refused as unknown. */
export function looksUpPath({ action, pathNames, switches }: OperationDesign): boolean {
  const { resource } = action;
  if (!switches.unknown || resource === null || pathNames.length === 0) return false;
  const above = resource.ancestors.every((ancestor) => ancestor !== null && ancestor.isCreatable);
  if (action.kind === 'create' || action.kind === 'list' || resource.isSingleton) return above;
  if (action.kind === 'replace' && action.creates) return false;
  return resource.isCreatable && (action.kind !== 'compute' || above);
}

/** Parts of the request that nothing checks yet. */
export function uncheckedParts(one: OperationDesign): RequestPart[] {
  return requestParts(one.operation).filter(
    (part) => !one.switches.checks.has(part) && (part !== 'path' || !looksUpPath(one)),
  );
}
