import { describe, expect, it } from 'vitest';
import { durationMs, readArguments, usdMicros, wholeNumber } from '../../src/cli/arguments.ts';

describe('arguments', () => {
  it('reads dollars exactly, because a cap in binary fractions would be off by a micro-dollar', () => {
    expect(usdMicros({ 'max-usd': '0.1' }, 'max-usd')).toEqual({ kind: 'ok', value: 100_000 });
    expect(usdMicros({ 'max-usd': '2' }, 'max-usd')).toEqual({ kind: 'ok', value: 2_000_000 });
    expect(usdMicros({ 'max-usd': '0.000001' }, 'max-usd')).toEqual({ kind: 'ok', value: 1 });
    expect(usdMicros({}, 'max-usd')).toEqual({ kind: 'ok', value: undefined });
    for (const text of ['', '-1', '1e3', '0.0000001', 'two', '1,5', 'Infinity']) {
      expect(usdMicros({ 'max-usd': text }, 'max-usd').kind).toBe('usage');
    }
  });

  it('reads durations with and without a unit', () => {
    expect(durationMs({ time: '30s' }, 'time')).toEqual({ kind: 'ok', value: 30_000 });
    expect(durationMs({ time: '1.5m' }, 'time')).toEqual({ kind: 'ok', value: 90_000 });
    expect(durationMs({ time: '5' }, 'time')).toEqual({ kind: 'ok', value: 5_000 });
    expect(durationMs({ time: 'soon' }, 'time').kind).toBe('usage');
  });

  it('names the flag and its bounds when a number is wrong', () => {
    expect(wholeNumber({ runs: '0' }, 'runs', 1, 10)).toEqual({
      kind: 'usage',
      message: '--runs wants a whole number from 1 to 10, not "0"',
    });
    expect(wholeNumber({ runs: '7' }, 'runs', 1, 10)).toEqual({ kind: 'ok', value: 7 });
  });

  it('takes a negative number for a value, and says in one line where it does not fit', () => {
    const options = { seed: { type: 'string' }, json: { type: 'boolean' } } as const;
    const parsed = readArguments(['--seed', '-5', '--json'], options);
    expect(parsed).toMatchObject({ value: { flags: { seed: '-5', json: true }, positionals: [] } });
    expect(wholeNumber({ count: '-3' }, 'count', 1, 10)).toMatchObject({
      message: expect.stringContaining('not "-3"'),
    });
    expect(readArguments(['--seed', '-x'], options)).toEqual({
      kind: 'usage',
      message: "Option '--seed' argument is ambiguous; see --help",
    });
  });

  it('refuses an unknown option', () => {
    const parsed = readArguments(['--nope'], { json: { type: 'boolean' } });
    expect(parsed).toEqual({ kind: 'usage', message: "Unknown option '--nope'; see --help" });
  });
});
