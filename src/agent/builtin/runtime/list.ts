/** Text of the emitted `list.js`: filters, order and pages of a list. */
export const LIST_JS = String.raw`'use strict';
// Filters, orders and pages a list of records.

/**
 * The page of the records that a query asks for. Filters: query parameter to member. Sort keys: functions of a
 * record. Limit, offset, page and cursor
 * are names of query parameters; most is the length of a page where the query names none.
 */
function list(records, query, { filters = {}, sortBy = [], limit, offset, page, cursor, most }) {
  let found = records;
  for (const [parameter, member] of Object.entries(filters)) {
    const wanted = query[parameter];
    if (wanted === undefined) continue;
    const accepted = new Set([wanted].flat().map(String));
    found = found.filter((record) => accepted.has(String(record[member])));
  }
  if (sortBy.length > 0) found = found.toSorted((a, b) => compare(a, b, sortBy));
  const total = found.length;
  const length = countOf(query[limit]) ?? most ?? total;
  const number = Math.max(1, countOf(query[page]) ?? 1);
  const start = countOf(query[offset]) ?? countOf(query[cursor]) ?? (page === undefined ? 0 : (number - 1) * length);
  const items = found.slice(start, start + length);
  const hasMore = start + items.length < total;
  return {
    items,
    total,
    count: items.length,
    limit: length,
    offset: start,
    page: number,
    pages: Math.ceil(total / Math.max(1, length)),
    next: hasMore ? String(start + items.length) : null,
    hasMore,
  };
}

/** By the first key in which the records differ. */
function compare(a, b, keys) {
  for (const keyOf of keys) {
    const [one, other] = [keyOf(a), keyOf(b)];
    if (one < other) return -1;
    if (one > other) return 1;
  }
  return 0;
}

/** A whole number from zero on; undefined for anything else. */
function countOf(value) {
  const count = Number(value);
  return value === undefined || value === '' || !Number.isInteger(count) || count < 0 ? undefined : count;
}

module.exports = { list };
`;
