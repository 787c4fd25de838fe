/** Text of the emitted `store.js`: collections in memory with an undo journal. */
export const STORE_JS = String.raw`'use strict';
// Everything that is remembered. A change can be taken back until it is committed.
const { fit } = require('./values.js');

const journal = [];
const homes = new WeakMap();
let version = 0;
let lastVersion = 0;

function changed(undo, done) {
  journal.push({ undo, done });
  lastVersion += 1;
  version = lastVersion;
}

/** Where the journal stands, to come back to. */
function mark() {
  return { length: journal.length, version };
}

/** Takes back every change since the mark. */
function rollback(to) {
  while (journal.length > to.length) journal.pop().undo();
  version = to.version;
}

/** Keeps every change. */
function commit() {
  for (const { done } of journal) done?.();
  journal.length = 0;
}

const keyOf = (ids) => ids.map((id) => encodeURIComponent(String(id))).join('/');

/**
 * A kind of record. An address is the ids of its parents and its own id. Views are the schemas that answers show it by;
 * a new record satisfies them all. Parents are the names of the members that hold the ids of the parents.
 */
function collection({ id = null, idSchema = { type: 'string', format: 'uuid' }, parents = [], views = [] }) {
  const entries = new Map();
  const families = new Map();
  const children = [];

  function find(address) {
    if (address.length === parents.length + 1) return alive(entries.get(keyOf(address)));
    const own = String(address.at(-1));
    for (const family of families.values()) if (alive(family.get(own)) !== undefined) return family.get(own);
    return undefined;
  }

  const alive = (entry) => (entry === undefined || entry.gone ? undefined : entry);

  function write(entry, record) {
    const before = entry.record;
    entry.record = Object.freeze(record);
    homes.set(entry.record, { collection: self, address: entry.address });
    changed(() => {
      entry.record = before;
    });
    return entry.record;
  }

  function insert(address, record) {
    const key = keyOf(address);
    const parent = keyOf(address.slice(0, -1));
    const own = String(address.at(-1));
    if (!families.has(parent)) families.set(parent, new Map());
    const family = families.get(parent);
    const old = entries.get(key);
    if (old !== undefined) {
      const wasGone = old.gone;
      old.gone = false;
      if (wasGone) {
        changed(() => {
          old.gone = true;
        });
      }
      return write(old, record);
    }
    const entry = { address, record: Object.freeze(record), gone: false };
    homes.set(entry.record, { collection: self, address });
    entries.set(key, entry);
    family.set(own, entry);
    changed(() => {
      entries.delete(key);
      family.delete(own);
    });
    return entry.record;
  }

  /** A whole record from some of its members; other gives what is missing by name. */
  function complete(fields, address, other) {
    const known = { ...fields };
    // Where the parameter of the parent is called like the record's own id, it says nothing of the record.
    for (const [index, name] of parents.entries()) if (name !== id) known[name] ??= address[index];
    if (id !== null && address.length > parents.length) known[id] = address.at(-1);
    const find = (name) => (name === id ? undefined : (known[name] ?? other?.(name)));
    return views.reduce((record, view) => ({ ...record, ...fit(view, record, find) }), known);
  }

  /** An id that is not taken; null where the contract has no more. */
  function freeId(address, other) {
    for (let tries = 0; tries < 10_000; tries++) {
      const record = complete({}, address, other);
      const own = id !== null && record[id] !== undefined ? record[id] : fit(idSchema, undefined, undefined, 'id');
      if (find([...address, own]) === undefined) return own;
    }
    return fit(idSchema, undefined, undefined, 'id');
  }

  const self = {
    id,
    children,
    /** Adds a record below its parents; its id is its own member where the caller sent one. */
    add(above, fields, other) {
      const address = parents.map((name, index) => above[index] ?? fields[name] ?? '');
      const own = (id !== null ? fields[id] : undefined) ?? freeId(address, other);
      return insert([...address, own], complete(fields, [...address, own], other));
    },
    /** The record, or undefined. */
    get: (address) => find(address)?.record,
    /** The record, made up where there is none, and not remembered then. */
    draft: (address, fields = {}) => find(address)?.record ?? complete(fields, address),
    /** The record, made up and remembered where there is none. */
    ensure: (address, fields = {}) => find(address)?.record ?? insert(address, complete(fields, address)),
    /** Every record below the parents, oldest first. */
    all(above = []) {
      const family = above.length === parents.length ? families.get(keyOf(above)) : entries;
      const found = [];
      for (const entry of family?.values() ?? []) {
        const below = above.every((own, index) => String(entry.address[index]) === String(own));
        if (!entry.gone && below) found.push(entry.record);
      }
      return found;
    },
    /** Changes some members; the record is made where there is none. */
    set(address, fields) {
      const entry = find(address);
      if (entry === undefined) return insert(address, complete(fields, address));
      return write(entry, { ...entry.record, ...fields, ...(id === null ? {} : { [id]: entry.record[id] }) });
    },
    /** Puts a whole new record in its place; members that the caller cannot know are kept. */
    replace(address, fields, kept = []) {
      const entry = find(address);
      if (entry === undefined) return insert(address, complete(fields, address));
      const known = { ...fields };
      for (const name of kept) if (entry.record[name] !== undefined) known[name] = entry.record[name];
      return write(entry, complete(known, entry.address));
    },
    /** Removes the record and all below it; false where there is none. */
    remove(address) {
      const entry = find(address);
      if (entry === undefined) return false;
      for (const child of children) child.removeBelow(entry.address);
      entry.gone = true;
      changed(
        () => {
          entry.gone = false;
        },
        () => {
          if (!entry.gone) return; // It was made again.
          const key = keyOf(entry.address);
          if (entries.get(key) === entry) entries.delete(key);
          const parent = keyOf(entry.address.slice(0, -1));
          const family = families.get(parent);
          if (family?.get(String(entry.address.at(-1))) === entry) family.delete(String(entry.address.at(-1)));
          if (family?.size === 0) families.delete(parent);
        },
      );
      return true;
    },
    removeBelow(above) {
      for (const entry of [...(families.get(keyOf(above))?.values() ?? [])]) if (!entry.gone) self.remove(entry.address);
    },
  };
  return self;
}

/** The collection and address of a stored record; undefined for anything else. */
const homeOf = (value) => (typeof value === 'object' && value !== null ? homes.get(value) : undefined);

module.exports = { collection, commit, homeOf, mark, rollback, versionNow: () => version };
`;
