/** `x-objective: { p99: 200ms, rate: 100/s, critical: true }`. */
import { at, isObject, valueAt } from '../../events/index.ts';
import type { Objective } from '../model.ts';
import { own, type Reader } from '../reader.ts';

const UNIT_MS: Record<string, number> = { us: 0.001, µs: 0.001, ms: 1, s: 1000 };
const UNIT_S: Record<string, number> = { s: 1, min: 60, h: 3600 };

/** Milliseconds of `200ms` or `1.5s`; undefined where it is no positive duration. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(us|µs|ms|s)$/.exec(text.trim());
  const value = Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ''] ?? Number.NaN);
  return value > 0 ? value : undefined;
}

/** Per second of `100/s`, `6000/min` or `10/h`; undefined where it is no positive rate. */
export function parseRatePerSecond(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?\/ ?(s|min|h)$/.exec(text.trim());
  const value = Number(match?.[1]) / (UNIT_S[match?.[2] ?? ''] ?? Number.NaN);
  return value > 0 ? value : undefined;
}

/** The objective of the operation at a pointer; undefined where there is none, or a finding says what is wrong. */
export function readObjective(reader: Reader, operation: string): Objective | undefined {
  const pointer = at(operation, 'x-objective');
  const node = valueAt(reader.document, pointer);
  if (node === undefined) return undefined;
  const refuse = (place: string, message: string, hint: string): undefined => {
    reader.report('error', 'objective-shape', place, message, hint);
  };
  if (!isObject(node)) return refuse(pointer, 'an objective must be an object', 'write `{ p99: 200ms, rate: 100/s }`');
  for (const name of Object.keys(node))
    if (!['p99', 'rate', 'critical'].includes(name))
      reader.report(
        'error',
        'objective-shape',
        at(pointer, name),
        `an objective has no member ${JSON.stringify(name)}`,
      );
  const p99 = own(node, 'p99');
  const p99Ms = typeof p99 === 'string' ? parseDurationMs(p99) : undefined;
  if (p99Ms === undefined)
    return refuse(at(pointer, 'p99'), '`p99` must be a duration with a unit', 'write `p99: 200ms` or `p99: 1.5s`');
  const rate = own(node, 'rate');
  const ratePerSecond = typeof rate === 'string' ? parseRatePerSecond(rate) : undefined;
  if (rate !== undefined && ratePerSecond === undefined)
    return refuse(at(pointer, 'rate'), '`rate` must be a number per time', 'write `rate: 100/s`');
  const critical = own(node, 'critical');
  if (critical !== undefined && typeof critical !== 'boolean')
    return refuse(at(pointer, 'critical'), '`critical` must be true or false', 'write `critical: true`');
  return { pointer, p99Ms, ratePerSecond: ratePerSecond ?? null, critical: critical === true };
}
