/** Text of the emitted `formats.js`: the formats that the contract uses, as JSON Schema validators read them. */
import formatsModule from 'ajv-formats/dist/formats.js';

/** Years of four digits only, which are ten characters; `Date` reads longer ones, too (ECMA-262 §21.4.1.32). */
const DATE = String.raw`(text) => text.length === 10 && new Date(text).toJSON() === text + 'T00:00:00.000Z'`;

const TIME = String.raw`(text) => {
    const parts = /^(\d{2}):(\d{2}):(\d{2}(?:\.\d+)?)(?:z|([+-])(\d{2})(?::?(\d{2}))?)$/i.exec(text);
    if (parts === null) return false;
    const [hour, minute, second, zoneHour, zoneMinute] = [1, 2, 3, 5, 6].map((index) => Number(parts[index] ?? 0));
    if (zoneHour > 23 || zoneMinute > 59) return false;
    if (hour <= 23 && minute <= 59 && second < 60) return true;
    const sign = parts[4] === '-' ? -1 : 1; // A leap second is the last one of a day in UTC.
    const utcMinute = minute - zoneMinute * sign;
    const utcHour = hour - zoneHour * sign - (utcMinute < 0 ? 1 : 0);
    return [23, -1].includes(utcHour) && [59, -1].includes(utcMinute) && second < 61;
  }`;

const DATE_TIME = String.raw`(text) => {
    const [date, time, ...rest] = text.split(/t|\s/i);
    return rest.length === 0 && time !== undefined && formats.date(date) && formats.time(time);
  }`;

const BY_FUNCTION: Record<string, string> = {
  date: DATE,
  time: TIME,
  'date-time': DATE_TIME,
  uri: String.raw`(text) => /^[a-z][a-z0-9+\-.]*:/i.test(text) && formats['uri-reference'](text) && /\/|:/.test(text)`,
  byte: String.raw`(text) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)`,
  regex: String.raw`(text) => {
    try {
      return Boolean(new RegExp(text, 'u')) && !/[^\\]\\Z/.test(text);
    } catch {
      return false;
    }
  }`,
};

const NEEDS: Record<string, string[]> = { 'date-time': ['date', 'time'], uri: ['uri-reference'] };

/** True for a format that says something about a text, unlike `int64`, `password` and unknown ones. */
export function isKnownFormat(name: string): boolean {
  return codeOf(name) !== null;
}

/** The file for these formats; those that say nothing about a text are left out. */
export function formatsJs(used: readonly string[]): string {
  const names = [...new Set(used.flatMap((name) => [...(NEEDS[name] ?? []), name]))].toSorted();
  const lines = names.flatMap((name) => {
    const code = codeOf(name);
    return code === null ? [] : [`  '${name}': ${code},\n`];
  });
  return `'use strict';
// String formats, as JSON Schema validators read them.
const formats = {
${lines.join('')}};

module.exports = { formats };
`;
}

function codeOf(name: string): string | null {
  const own = BY_FUNCTION[name];
  if (own !== undefined) return own;
  const format = Object.hasOwn(formatsModule.fullFormats, name)
    ? formatsModule.fullFormats[name as keyof typeof formatsModule.fullFormats]
    : undefined;
  return format instanceof RegExp ? `(text) => ${format}.test(text)` : null;
}
