/** Text of the emitted `expressions.js`: what rules compute with. */
export const EXPRESSIONS_JS = String.raw`'use strict';
// What the rules compute with.
const { equal, isObject, lengthOf } = require('./schema.js');

/** Items of a list, members of an object, characters of a text. */
function size(value) {
  if (typeof value === 'string') return lengthOf(value);
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

const sum = (list) => list.reduce((total, item) => total + item, 0);

const least = (list) => list.reduce((best, item) => (item < best ? item : best));

const greatest = (list) => list.reduce((best, item) => (item > best ? item : best));

const isSorted = (list) => list.every((item, index) => index === 0 || list[index - 1] <= item);

const distinct = (list) => list.filter((item, index) => list.findIndex((other) => equal(other, item)) === index);

const join = (list, separator = '') => list.join(separator);

function indexOf(value, wanted) {
  return typeof value === 'string' ? value.indexOf(wanted) : value.findIndex((item) => equal(item, wanted));
}

function contains(value, wanted) {
  return typeof value === 'string' ? value.includes(wanted) : value.some((item) => equal(item, wanted));
}

const matches = (text, pattern) => new RegExp(pattern, 'u').test(text);

function isIn(wanted, value) {
  return isObject(value) ? Object.hasOwn(value, wanted) : value.includes(wanted) || value.some((item) => equal(item, wanted));
}

/** Whole numbers divide to whole numbers, towards zero. */
function divide(a, b) {
  return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b;
}

const toInt = (value) => (value instanceof Date ? Math.floor(value.getTime() / 1000) : Math.trunc(Number(value)));

const timeOf = (value) => (value instanceof Date ? value : new Date(typeof value === 'number' ? value * 1000 : value));

const UNITS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, ns: 0.000_001 };

/** Milliseconds of a duration such as '1h30m'. */
function durationOf(text) {
  const sign = text.startsWith('-') ? -1 : 1;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(h|ms|us|ns|m|s)/g)) total += Number(amount) * UNITS[unit];
  return sign * total;
}

/** A time and a duration, in either order. */
function later(a, b) {
  if (a instanceof Date) return new Date(a.getTime() + b);
  return b instanceof Date ? new Date(b.getTime() + a) : a + b;
}

/** The duration between two times, or the time before one. */
function between(a, b) {
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  return a instanceof Date ? new Date(a.getTime() - b) : a - b;
}

module.exports = {
  between, contains, distinct, divide, durationOf, equal, greatest, indexOf, isIn, isSorted, join, later, least,
  matches, size, sum, timeOf, toInt,
};
`;
