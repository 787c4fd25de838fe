/** Dates, times and durations (RFC 3339 §5.6 and appendix A). */

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:(z)|([+-])(\d\d):(\d\d))?$/i;
const DURATION =
  /^P(?:\d+W|(?=[\dT])(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?=\d)(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/;

export function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return false;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (m < 1 || m > 12 || d < 1) return false;
  const leap = y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0);
  return d <= (m === 2 ? (leap ? 29 : 28) : m === 4 || m === 6 || m === 9 || m === 11 ? 30 : 31);
}

/** `zoned`: an offset or `Z` must be there. A leap second falls at 23:59:60 UTC. */
export function isTime(text: string, zoned: boolean): boolean {
  const match = TIME.exec(text);
  if (!match) return false;
  const [, hour, minute, second, utc, sign, offsetHour, offsetMinute] = match;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  const [oh, om] = [Number(offsetHour ?? 0), Number(offsetMinute ?? 0)];
  if (h > 23 || m > 59 || s > 60 || oh > 23 || om > 59) return false;
  if (zoned && utc === undefined && sign === undefined) return false;
  if (s < 60) return true;
  const offset = (oh * 60 + om) * (sign === '-' ? -1 : 1);
  return (h * 60 + m - offset + 2 * 1440) % 1440 === 1439;
}

/** Date and time with `T` between them. */
export function isDateTime(text: string, zoned: boolean): boolean {
  const separator = text[10];
  const plain = separator === 'T' || separator === 't' || (!zoned && separator === ' ');
  return plain && isDate(text.slice(0, 10)) && isTime(text.slice(11), zoned);
}

export function isDuration(text: string): boolean {
  return DURATION.test(text);
}
