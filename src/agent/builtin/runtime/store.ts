/** Text of the emitted `store.js`: collections in memory with an undo journal. */
export const STORE_JS = String.raw`'use strict';
// Everything that is remembered. A change can be taken back until it is committed.
const { fit, flatten } = require('./values.js');

/** How to take back each change since the last commit, the latest last. */
const journal = [];

const homes = new WeakMap(); //? homes

/** Where the journal stands, to come back to. */
const mark = () => journal.length;

/** Takes back every change since the mark. */
function rollback(length) {
  while (journal.length > length) journal.pop()();
}

/** Keeps every change. */
function commit() {
  journal.length = 0;
}

const keyOf = (ids) => JSON.stringify(ids.map(String));

/**
 * A kind of record. An address is the ids of its parents and its own id. Views are the schemas that answers show it by;
 * a new record satisfies them all. Parents are the names of the members that hold the ids of the parents.
 */
function collection({ id, idSchema = { type: 'string', format: 'uuid' }, parents = [], views = [] }) {
  const families = new Map();
  const children = []; //? family

  //? short {
  function find(address) {
    if (address.length > parents.length) return families.get(keyOf(address.slice(0, -1)))?.get(String(address.at(-1)));
    return [...families.values()].map((family) => family.get(String(address.at(-1)))).find((entry) => entry !== undefined);
  }
  //? }
  const find = (address) => families.get(keyOf(address.slice(0, -1)))?.get(String(address.at(-1))); //? !short

  function put(address, fields) {
    const record = Object.freeze(fields);
    const parent = keyOf(address.slice(0, -1));
    const own = String(address.at(-1));
    if (!families.has(parent)) families.set(parent, new Map());
    const family = families.get(parent);
    const before = family.get(own);
    family.set(own, { address, record });
    homes.set(record, { collection: self, address }); //? homes
    journal.push(() => (before === undefined ? family.delete(own) : family.set(own, before)));
    return record;
  }

  /** A whole record from some of its members. */
  function complete(fields, address, other = () => undefined) { //? found
  function complete(fields, address) { //? !found
    const known = { ...fields };
    // Where the parameter of the parent is called like the record's own id, it says nothing of the record. //? namesake
    for (const [index, name] of parents.entries()) if (name !== id) known[name] ??= address[index]; //? namesake
    for (const [index, name] of parents.entries()) known[name] = address[index]; //? parents&!namesake
    if (id !== undefined) known[id] = address.at(-1); //? singletons
    known[id] = address.at(-1); //? !singletons
    return views.reduce((record, view) => ({ ...record, ...fit(view, record, undefined, (name) => (name === id ? undefined : other(name))) }), known); //? found
    return views.reduce((record, view) => ({ ...record, ...fit(view, record) }), known); //? !found&!exact
    return fit(views[0], known); //? exact
  }

  //? countable {
  /** An id that is not taken; the last one tried where the contract has no more. */
  function freeId(above) {
    let own = newId();
    for (let tries = 0; tries < 10_000 && find([...above, own]) !== undefined; tries++) own = newId();
    return own;
  }

  function newId() {
    for (const view of views) {
      const own = fit(view, {})[id]; //? !plain-values
      if (own !== undefined) return own; //? !plain-values
      const member = flatten(view).properties[id]; //? plain-values
      if (member !== undefined) return fit(member, undefined, id); //? plain-values
    }
    return fit(idSchema, undefined, 'id');
  }
  //? }

  const self = {
    id, //? correctSum
    children, //? family
    /** Adds a record below its parents; its id is its own member where the caller sent one. */
    add(above, fields, other) { //? found&add
    add(above, fields) { //? !found&add
      //? add {
      const parentIds = parents.map((name, index) => above[index] ?? fields[name] ?? ''); //? short
      const parentIds = above; //? !short
      const own = fields[id] ?? freeId(parentIds); //? countable&chosen
      const own = freeId(parentIds); //? countable&!chosen
      const own = fields[id] ?? fit(idSchema); //? !countable&chosen
      const own = fit(idSchema); //? !countable&!chosen
      const address = [...parentIds, own];
      return put(address, complete(fields, address, other)); //? found
      return put(address, complete(fields, address)); //? !found
    },
      //? }
    /** The record, or undefined. */
    get: (address) => find(address)?.record, //? get
    /** The record, made up where there is none, and not remembered then. */
    draft: (address, fields = {}) => find(address)?.record ?? complete(fields, address), //? draft&written
    draft: (address, fields = {}) => complete(fields, address), //? draft&!written
    /** The record, made up and remembered where there is none. */
    ensure: (address, fields = {}) => find(address)?.record ?? put(address, complete(fields, address)), //? ensure
    //? all {
    /** Every record below the parents, oldest first. */
    all(above = []) { //? across
    all(above) { //? !across
      const family = families.get(keyOf(above)); //? !across
      //? across {
      if (above.length < parents.length) {
        return [...families.values()].flatMap((family) => [...family.values()])
          .filter(({ address }) => above.every((own, index) => String(address[index]) === String(own)))
          .map(({ record }) => record);
      }
      const family = families.get(keyOf(above));
      //? }
      return [...(family?.values() ?? [])].map(({ record }) => record);
    },
    //? }
    //? set {
    /** Changes some members; the record is made where there is none. */ //? upsert
    /** Changes some members. */ //? !upsert
    set(address, fields) {
      const entry = find(address);
      if (entry === undefined) return put(address, complete(fields, address)); //? upsert
      return put(entry.address, { ...entry.record, ...fields, [id]: entry.record[id] }); //? !written-singletons
      return put(entry.address, { ...entry.record, ...fields, ...(id === undefined ? {} : { [id]: entry.record[id] }) }); //? written-singletons
    },
    //? }
    //? replace {
    /** Puts a whole new record in its place; members that the caller cannot know are kept. */
    replace(address, fields, kept = []) {
      const entry = find(address);
      if (entry === undefined) return put(address, complete(fields, address));
      const known = { ...fields };
      for (const name of kept) if (entry.record[name] !== undefined) known[name] = entry.record[name];
      return put(entry.address, complete(known, entry.address));
    },
    //? }
    //? remove {
    /** Removes the record and all below it; false where there is none. */
    remove(address) {
      const entry = find(address);
      if (entry === undefined) return false;
      for (const child of children) child.removeBelow(entry.address); //? family
      const family = families.get(keyOf(entry.address.slice(0, -1)));
      const before = [...family];
      family.delete(String(entry.address.at(-1)));
      journal.push(() => {
        family.clear();
        for (const [own, known] of before) family.set(own, known);
      });
      return true;
    },
    removeBelow(above) { //? family
      for (const { address } of [...(families.get(keyOf(above))?.values() ?? [])]) self.remove(address); //? family
    }, //? family
    //? }
  };
  return self;
}

/** The collection and address of a stored record; undefined for anything else. */
const homeOf = (value) => homes.get(value); //? homes

module.exports = { collection, commit, homeOf, mark, rollback };
`;
