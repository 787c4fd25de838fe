/** Reads a command's arguments: one clear line for what is wrong, and what to do. */
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

export type Parsed<T> = { kind: 'ok'; value: T } | { kind: 'usage'; message: string };

export type Flags = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** Splits the arguments by the options of a command; an unknown or malformed option is a usage message. */
export function readArguments(
  args: string[],
  options: ParseArgsOptionsConfig,
): Parsed<{ flags: Flags; positionals: string[] }> {
  try {
    const joined = withNegativeNumbers(args, options);
    const { values, positionals } = parseArgs({ args: joined, options, allowPositionals: true, strict: true });
    return { kind: 'ok', value: { flags: values, positionals } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'usage', message: `${message.split(/\.\s/)[0] ?? message}; see --help` };
  }
}

/** `--seed -5` as `--seed=-5`, as a number with a sign is no option. */
function withNegativeNumbers(args: readonly string[], options: ParseArgsOptionsConfig): string[] {
  const joined: string[] = [];
  for (const argument of args) {
    const name = joined.at(-1)?.slice(2) ?? '';
    const takes = joined.at(-1)?.startsWith('--') === true && options[name]?.type === 'string';
    if (takes && /^-\d/.test(argument)) joined.push(`${joined.pop() ?? ''}=${argument}`);
    else joined.push(argument);
  }
  return joined;
}

/** The values of a flag that may be given again. */
export function textsOf(value: Flags[string]): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

/** A whole number within bounds, or undefined where the flag is absent. */
export function wholeNumber(flags: Flags, name: string, least: number, most: number): Parsed<number | undefined> {
  const text = flags[name];
  if (text === undefined) return { kind: 'ok', value: undefined };
  if (typeof text !== 'string' || !/^-?\d+$/.test(text)) return notANumber(name, text, least, most);
  const value = Number(text);
  return value < least || value > most ? notANumber(name, text, least, most) : { kind: 'ok', value };
}

/** Dollars such as `2`, `0.50` or `1e-2` are refused or read exactly: at most six decimals, as integer micro-dollars. */
export function usdMicros(flags: Flags, name: string): Parsed<number | undefined> {
  const text = flags[name];
  if (text === undefined) return { kind: 'ok', value: undefined };
  const match = typeof text === 'string' ? /^(\d{1,6})(?:\.(\d{1,6}))?$/.exec(text) : null;
  if (match === null) {
    const shown = JSON.stringify(text);
    return {
      kind: 'usage',
      message: `--${name} wants dollars with at most six decimals, such as 2 or 0.50, not ${shown}`,
    };
  }
  return { kind: 'ok', value: Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0')) };
}

/** A duration such as `30s`, `500ms` or `2m`, in milliseconds. */
export function durationMs(flags: Flags, name: string): Parsed<number | undefined> {
  const text = flags[name];
  if (text === undefined) return { kind: 'ok', value: undefined };
  const match = typeof text === 'string' ? /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text) : null;
  if (match === null) {
    return { kind: 'usage', message: `--${name} wants a time such as 30s or 2m, not ${JSON.stringify(text)}` };
  }
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match[2] ?? 's'] ?? 1000;
  return { kind: 'ok', value: Math.round(Number(match[1]) * unit) };
}

function notANumber(name: string, text: unknown, least: number, most: number): Parsed<never> {
  return {
    kind: 'usage',
    message: `--${name} wants a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}, not ${JSON.stringify(text)}`,
  };
}
