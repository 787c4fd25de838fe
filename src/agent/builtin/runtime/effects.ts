/** Text of the emitted `effects.js`: how rules write what they define. */
export const EFFECTS_JS = String.raw`'use strict';
// How rules write what they define: into the answer, and into the records that are read afterwards.
const { equal, isObject } = require('./schema.js');
const { mark, rollback } = require('./store.js');

const isKnown = (value) => value !== undefined && !Number.isNaN(value);

//? deep-paths {
const read = (value, path) => path.reduce((inner, name) => inner?.[name], value);

function written(value, path, member) {
  if (path.length === 0) return member;
  const [name, ...rest] = path;
  return { ...value, [name]: written(value?.[name], rest, member) };
}
//? }

/** Makes a member of the answer what it is defined to be. */
function show(response, path, value) {
  if (!isKnown(value)) return false; //? uncertain
  response.body = written(response.body, [path].flat(), value); //? deep-paths
  response.body = { ...response.body, [path]: value }; //? !deep-paths
  return true;
}

/** The same, and in the record that the answer shows. */
function define(response, path, value) {
  if (!show(response, path, value)) return false; //? uncertain
  show(response, path, value); //? !uncertain
  if (response.home === undefined) return true; //? homeless
  const { collection, address } = response.home;
  //? deep-paths {
  const { wrapper } = response;
  const record = wrapper === undefined ? response.body : response.body[wrapper];
  const [top] = wrapper === undefined ? [path].flat() : [path].flat().slice(1);
  collection.set(address, top === undefined ? record : { [top]: record[top] });
  //? }
  collection.set(address, { [path]: value }); //? !deep-paths
  return true;
}

/** Makes a member of each item of a list in the answer what it is defined to be. */
function defineItems(response, path, name, valueOf) {
  const items = read(response.body, path).map((item) => {
    const value = valueOf(item);
    return value === undefined || equal(item[name], value) ? item : { ...item, [name]: value };
  });
  return path.length > 0 && response.home !== undefined ? define(response, path, items) : show(response, path, items); //? define
  return show(response, path, items); //? !define
}

/** Leaves only the items that fit in a list of the answer. */
function keepItems(response, path, fits) {
  return show(response, path, read(response.body, path).filter(fits));
}

/** Makes a member of a record what it is defined to be. */
function setMember(collection, address, path, value) {
  if (!isKnown(value)) return false; //? uncertain
  //? deep-paths {
  const [top] = [path].flat();
  collection.set(address, { [top]: written(collection.draft(address), [path].flat(), value)[top] });
  //? }
  collection.set(address, { [path]: value }); //? !deep-paths
  return true;
}

/**
 * Adds an entry that fits where the list has none. Fields are what it must have, bounds what it may have; the rest is
 * taken by name from the messages, else made up.
 */
function ensureEntry(collection, above, list, fits, { fields, bounds = {}, from }) {
  return list.some(fits) || addEntry(collection, above, fits, fields, bounds, from);
}

//? correctSum {
/** Adds an entry that makes the sum of a member over the entries of the list what it is defined to be. */
function correctSum(collection, above, list, member, total, { fits = () => true, fields = {}, bounds = {}, from }) { //? entries
function correctSum(collection, above, list, member, total, { fields }) { //? !entries
  const missing = total - list.reduce((sum, entry) => sum + entry[member], 0);
  if (Number.isNaN(missing)) return false; //? uncertain
  if (missing === 0) return true;
  const { [collection.id]: _, ...like } = list.at(-1) ?? {};
  const wanted = { ...like, ...fields, [member]: missing };
  return addEntry(collection, above, fits, wanted, bounds, from); //? entries
  collection.add(above, wanted); //? !entries
  return true; //? !entries
}
//? }

//? entries {
/** Adds the entry with values of its own choice; where it does not fit then, with the bounds as values. */
function addEntry(collection, above, fits, fields, bounds, from) {
  const find = (name) => from.filter(isObject).find((message) => message[name] !== undefined)?.[name];
  const before = mark();
  for (const [name, bound] of Object.entries(bounds)) {
    if (fields[name] === undefined && typeof bound === 'number') fields = { ...fields, [name]: bound };
  }
  if (fits(collection.add(above, fields, find))) return true;
  rollback(before);
  return fits(collection.add(above, { ...bounds, ...fields }, find));
}
//? }

module.exports = { correctSum, define, defineItems, ensureEntry, keepItems, setMember, show };
`;
