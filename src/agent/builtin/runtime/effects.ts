/** Text of the emitted `effects.js`: how rules write what they define. */
export const EFFECTS_JS = String.raw`'use strict';
// How rules write what they define: into the answer, and into the records that are read afterwards.
const { equal, isObject } = require('./schema.js');
const { mark, rollback } = require('./store.js');

const read = (value, path) => path.reduce((inner, name) => inner?.[name], value);

function written(value, path, member) {
  if (path.length === 0) return member;
  const [name, ...rest] = path;
  return { ...value, [name]: written(value?.[name], rest, member) };
}

/** Makes a member of the answer what it is defined to be. */
function show(response, path, value) {
  if (value === undefined || Number.isNaN(value) || equal(read(response.body, path), value)) return;
  response.body = written(response.body, path, value);
}

/** The same, and in the record that the answer shows. */
function define(response, path, value) {
  const before = response.body;
  show(response, path, value);
  if (response.body === before || response.home === undefined) return;
  const { collection, address } = response.home;
  const record = response.wrapper === undefined ? response.body : response.body[response.wrapper];
  const top = response.wrapper === undefined ? path[0] : path[1];
  collection.set(address, top === undefined ? record : { [top]: record[top] });
}

/** Makes a member of each item of a list in the answer what it is defined to be. */
function defineItems(response, path, name, valueOf) {
  const items = read(response.body, path).map((item) => {
    const value = valueOf(item);
    return value === undefined || equal(item[name], value) ? item : { ...item, [name]: value };
  });
  if (path.length > 0 && response.home !== undefined) define(response, path, items);
  else show(response, path, items);
}

/** Leaves only the items that fit in a list of the answer. */
function keepItems(response, path, fits) {
  show(response, path, read(response.body, path).filter(fits));
}

/** Makes a member of a record what it is defined to be. */
function setMember(collection, address, path, value) {
  const record = collection.draft(address);
  if (value === undefined || Number.isNaN(value) || equal(read(record, path), value)) return;
  const [top] = path;
  collection.set(address, { [top]: written(record, path, value)[top] });
}

/**
 * Adds an entry that fits where the list has none. Fields are what it must have, bounds what it may have; the rest is
 * taken by name from the messages, else made up.
 */
function ensureEntry(collection, above, list, fits, { fields, bounds = {}, from }) {
  if (!list.some(fits)) addEntry(collection, above, fits, fields, bounds, from);
}

/** Adds an entry that makes the sum of a member over the entries of the list what it is defined to be. */
function correctSum(collection, above, list, member, total, { fits = () => true, fields = {}, bounds = {}, from }) {
  const missing = total - list.reduce((sum, entry) => sum + entry[member], 0);
  if (missing === 0 || Number.isNaN(missing)) return;
  const wanted = { ...fields, [member]: missing };
  const like = list.at(-1);
  addEntry(collection, above, fits, like === undefined ? wanted : { ...without(like, collection.id), ...wanted }, bounds, from);
}

function without(record, name) {
  const { [name]: _, ...rest } = record;
  return rest;
}

/** Adds the entry with values of its own choice; where it does not fit then, with the bounds as values. */
function addEntry(collection, above, fits, fields, bounds, from) {
  const find = (name) => from.filter(isObject).find((message) => message[name] !== undefined)?.[name];
  const before = mark();
  for (const [name, bound] of Object.entries(bounds)) {
    if (fields[name] === undefined && typeof bound === 'number') fields = { ...fields, [name]: bound };
  }
  const entry = collection.add(above, fields, find);
  if (fits(entry)) return;
  rollback(before);
  collection.add(above, { ...bounds, ...fields }, find);
}

module.exports = { correctSum, define, defineItems, ensureEntry, keepItems, setMember, show };
`;
