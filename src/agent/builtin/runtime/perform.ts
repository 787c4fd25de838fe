/** Text of the emitted `perform.js`: runs an operation, and holds its rules by trying what the contract allows. */
export const PERFORM_JS = String.raw`'use strict';
// Runs an operation. Its rules hold because every outcome is tried on trial: the first that breaks none is kept.
const { constants, operations, security, undocumented } = require('./contract.js');
const { handlers, switches } = require('./operations.js');
const { refusalOf, writable } = require('./request.js');
const { rules } = require('./rules.js');
const { check } = require('./schema.js');
const { commit, homeOf, mark, rollback } = require('./store.js');
const { fit } = require('./values.js');

/** Answers a request from outside and keeps what it changed. */
function perform(name, request) {
  const response = run(name, request, 0); //? nested
  const response = run(name, request); //? !nested
  commit();
  return response;
}

function run(name, request, depth) { //? nested
function run(name, request) { //? !nested
  const operation = operations[name];
  //? credentials {
  if (switches[name].credentials && !security[name].some((scheme) => isSent(scheme, request))) {
    return refusal(responseOf(operation, operation.refusals.unauthorized), operation.refusals.unauthorized, 'credentials are missing');
  }
  //? }
  const problem = refusalOf(operation, request, switches[name].checks ?? []); //? partial-checks
  const problem = refusalOf(operation, request); //? checks&!partial-checks
  //? partial-checks|checks {
  if (problem !== null) {
    const status = problem.isMediaType ? operation.refusals.mediaType : operation.refusals.invalid; //? media-status
    const status = operation.refusals.invalid; //? !media-status&!same-refusals
    return refusal(responseOf(operation, status), status, problem.message); //? media-status
    return refusal(responseOf(operation, status), status, problem); //? !media-status&!same-refusals
    return refusal(operation.refusals.invalid, problem); //? !media-status&same-refusals
  }
  //? }
  return decide(name, operation, request, depth); //? rules&nested
  return decide(name, operation, request); //? rules&!nested
  return attempt(name, operation, request, null); //? !rules
}

//? rules {
/** Tries the outcomes of an operation in turn and keeps the first that breaks no rule. */
function decide(name, operation, request, depth) { //? nested
function decide(name, operation, request, depth) { //? !nested&excused
function decide(name, operation, request) { //? !nested&!excused
  const plan = rules[name];
  if (plan === undefined || depth > DEEPEST) return attempt(name, operation, request, null); //? nested&!replays
  if (plan === undefined) return attempt(name, operation, request, null); //? !nested&free&!replays
  const { steps = [], rules: held = [] } = plan ?? {}; //? replays
  const { steps = [], rules: held = [] } = plan; //? !replays
  const scope = scopeOf(plan ?? {}, request, depth); //? nested&replays
  const scope = scopeOf(plan, request, depth); //? nested&!replays
  const scope = scopeOf(plan ?? {}, request); //? !nested&replays
  const scope = scopeOf(plan, request); //? !nested&!replays
  //? replays {
  const key = replayKey(name, operation, request);
  const earlier = replays.get(key);
  if (earlier !== undefined) {
    scope.response = earlier.response;
    if (broken(held, scope).every((rule) => earlier.excused.includes(rule))) return earlier.response; //? excused
    if (broken(held, scope).length === 0) return earlier.response; //? !excused
  }
  //? }
  let response;
  for (const status of [null, ...(operation.outcomes ?? [])]) {
    const before = mark();
    response = attempt(name, operation, request, status);
    if (response.isUnknown) return response; // Rules speak of what exists.
    scope.response = response;
    //? steps {
    const isMade = [1, 2, 3].map(() => steps.every((step) => holds(step, scope))).at(-1); //? rounds
    const isMade = steps.every((step) => holds(step, scope)); //? !rounds
    if (isMade && isSound(operation, response) && broken(held, scope).length === 0) { //? sound&held
    if (isMade && broken(held, scope).length === 0) { //? !sound&held
    if (isMade && isSound(operation, response)) { //? sound&!held
    if (isMade) { //? !sound&!held
    //? }
    if (broken(held, scope).length === 0) { //? !steps
      //? replays {
      const kept = { ...response, status: operation.replayStatus ?? response.status }; //? replay-status
      if (key !== undefined) replays.set(key, { response: kept, excused: excusedFrom(plan ?? {}, request, kept, depth) }); //? replay-status&excused
      if (key !== undefined) replays.set(key, { response: kept }); //? replay-status&!excused
      if (key !== undefined) replays.set(key, { response, excused: excusedFrom(plan ?? {}, request, response, depth) }); //? !replay-status&excused
      if (key !== undefined) replays.set(key, { response }); //? !replay-status&!excused
      //? }
      return response;
    }
    rollback(before);
  }
  return response;
}

/** The rules that do not hold. */
const broken = (held, scope) => held.filter((rule) => !holds(rule, scope));

/** True where a rule holds, or a step could make it hold; what cannot be computed does not. */
function holds(rule, scope) {
  try {
    return rule(scope);
  } catch {
    return false;
  }
}

/** What rules see. Probes after the call are asked each time they are looked at. */
function scopeOf({ given = {}, then = {} }, request, depth) { //? nested
function scopeOf({ given = {}, then = {} }, request) { //? !nested&given&then
function scopeOf({ given = {} }, request) { //? !nested&given&!then
function scopeOf({ then = {} }, request) { //? !nested&!given&then
function scopeOf(_, request) { //? !nested&!given&!then
  const scope = { request, constant: constants() }; //? constants
  const scope = { request }; //? !constants
  for (const [name, probe] of Object.entries(given)) scope[name] = ask(probe, scope, depth); //? nested
  for (const [name, probe] of Object.entries(given)) scope[name] = ask(probe, scope); //? !nested&given
  for (const [name, probe] of Object.entries(then)) Object.defineProperty(scope, name, { get: () => ask(probe, scope, depth) }); //? nested
  for (const [name, probe] of Object.entries(then)) Object.defineProperty(scope, name, { get: () => ask(probe, scope) }); //? !nested&then
  return scope;
}

//? given|then {
/** Asks another operation. */
const ask = ({ call, with: sent }, scope) => run(call, { path: {}, query: {}, headers: {}, body: null, ...sent(scope) }); //? !nested&!loose-probes
//? loose-probes|nested {
const DEEPEST = 3; //? nested

/** Asks another operation and takes back whatever that changed; nothing where it cannot be asked. */
function ask({ call, with: sent }, scope, depth) {
  const before = mark();
  try {
    return run(call, { path: {}, query: {}, headers: {}, body: null, ...sent(scope) }, depth + 1);
  } catch {
    return undefined; // A rule that looks at it does not hold then.
  } finally {
    rollback(before);
  }
}
//? }
//? }

//? sound {
/** True where an answer still satisfies its schema. */
function isSound(operation, response) {
  const { schema } = responseOf(operation, response.status) ?? {};
  return schema === undefined || check(schema, response.body, 'response') === null;
}
//? }
//? }

//? replays {
/** Answers by the request that a client may repeat. */
const replays = new Map();

/** Names a request that a client may repeat: by a header that it sends, or by all that it asks. */
function replayKey(name, { replayBy }, { path, query, headers, body }) {
  if (replayBy === 'content') return JSON.stringify([name, path, query, body]); //? replay-content
  return headers[replayBy] === undefined ? undefined : JSON.stringify([name, path, headers[replayBy], body]); //? replay-header
  return undefined; //? !replay-header
}
//? excused {

/** Rules that only the call's own effect would break for its repetition: there is enough money once, not twice. */
function excusedFrom({ given, rules: held = [] }, request, response, depth) {
  return broken(held, Object.assign(scopeOf({ given }, request, depth), { response }));
}
//? }
//? }

/** What the handler answers, or a refusal. */
function attempt(name, operation, request, status) {
  if (status >= 300) return refusal(responseOf(operation, status), status, 'the present state does not allow it'); //? !same-refusals
  if (status !== null) return refusal(status, 'the present state does not allow it'); //? same-refusals&!successes&outcomes
  if (status >= 300) return refusal(status, 'the present state does not allow it'); //? same-refusals&successes
  const result = handlers[name]({ ...request, fields: writable(operation, request) }); //? readOnly
  const result = handlers[name]({ ...request, fields: request.body ?? {} }); //? !readOnly&partial-checks|!readOnly&missing-bodies
  const result = handlers[name]({ ...request, fields: request.body }); //? !readOnly&!partial-checks&!missing-bodies
  //? unknown {
  if (result.unknown !== undefined) {
    const missing = operation.refusals.unknown;
    return { ...refusal(responseOf(operation, missing), missing, 'there is no such ' + result.unknown), isUnknown: true }; //? !same-refusals
    return { ...refusal(missing, 'there is no such ' + result.unknown), isUnknown: true }; //? same-refusals
  }
  //? }
  return respond(operation, status ?? result.status, result, request); //? successes
  return respond(operation, result.status, result, request); //? !successes
}

function respond(operation, status, { value, headers = {} }, request) { //? answer-headers
function respond(operation, status, { value }, request) { //? !answer-headers
  const { type, schema, headers: wanted = {} } = responseOf(operation, status) ?? {}; //? answer-headers
  const { type, schema } = responseOf(operation, status) ?? {}; //? !answer-headers&empty-answers
  const { type, schema } = responseOf(operation, status); //? !answer-headers&!empty-answers
  //? located&answer-headers {
  const ids = [...((homeOf(value) ?? homeOf(value?.[operation.wrapper]))?.address ?? [])];
  const location = operation.itemPath?.replace(/\{[^}]*\}/g, () => ids.shift());
  //? }
  const find = (name) => request.path[name] ?? request.query[name] ?? request.body?.[name]; //? !plain-values
  return {
    status,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headersOf(wanted, headers, value) }, //? answer-headers&!located
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headersOf(wanted, { ...headers, location }, value) }, //? answer-headers&located
    headers: type === undefined ? {} : { 'content-type': type }, //? !answer-headers&empty-answers
    headers: { 'content-type': type }, //? !answer-headers&!empty-answers
    body: schema === undefined ? undefined : fit(schema, value, '', find), //? empty-answers&!plain-values
    body: fit(schema, value, '', find), //? !empty-answers&!plain-values
    body: schema === undefined ? undefined : fit(schema, value), //? empty-answers&plain-values
    body: fit(schema, value), //? !empty-answers&plain-values&!exact
    body: schema === undefined ? value : fit(schema, value), //? !empty-answers&plain-values&exact
    home: homeOf(value) ?? homeOf(value?.[operation.wrapper]), //? homes&wrapper
    home: homeOf(value), //? homes&!wrapper
    wrapper: operation.wrapper, //? wrapper
  };
}

const responseOf = ({ responses }, status) => responses[status] ?? responses[Math.floor(status / 100) + 'XX'] ?? responses.default; //? status-ranges
const responseOf = ({ responses }, status) => responses[status]; //? !status-ranges

//? answer-headers {
function headersOf(wanted, known, value) {
  const headers = {};
  for (const [name, schema] of Object.entries(wanted)) {
    const text = fit(schema, known[name] ?? value?.[name], name);
    headers[name] = typeof text === 'object' ? JSON.stringify(text) : encodeURI(String(text));
  }
  return headers;
}
//? }

/** An error answer in the contract's own form. */
const refusal = (status, message) => ({ status, headers: { 'content-type': REFUSAL_TYPE }, body: FACTS }); //? same-refusals
//? !same-refusals {
function refusal(response, status, message) {
  //? bare-refusals {
  if (response === undefined) return { status, headers: { 'content-type': 'application/json' }, body: { message } };
  if (response.schema === undefined) return { status, headers: headersOfRefusal(response), body: undefined };
  //? }
  //? plain-values {
  const facts = FACTS;
  return { status, headers: headersOfRefusal(response), body: fit(response.schema, facts) }; //? answer-headers
  return { status, headers: { 'content-type': response.type }, body: fit(response.schema, facts) }; //? !answer-headers
  //? }
  //? !plain-values {
  const facts = {
    message, error: message, detail: message, details: message, description: message, reason: message, title: message,
    msg: message, errormessage: message, code: status, kind: 'refused', status, statuscode: status, type: 'about:blank',
  };
  const find = (name) => facts[name.toLowerCase().replaceAll('_', '')];
  find.deep = true;
  return { status, headers: headersOfRefusal(response), body: fit(response.schema, message, '', find) };
  //? }
}

const headersOfRefusal = ({ type, headers = {} }) => ({ ...(type === undefined ? {} : { 'content-type': type }), ...headersOf(headers, {}) }); //? answer-headers
const headersOfRefusal = ({ type }) => (type === undefined ? {} : { 'content-type': type }); //? !answer-headers

//? }

//? credentials {
function isSent({ in: place, name, prefix }, request) {
  const value = { header: request.headers, query: request.query, cookie: request.cookies ?? {} }[place][name];
  return value !== undefined && String(value).toLowerCase().startsWith(prefix);
}
//? }

/** The answer to a path or method that the contract does not document. */
const refuseUndocumented = refusal; //? same-refusals
const refuseUndocumented = (status, message) => refusal(undocumented, status, message); //? undocumented&!same-refusals
const refuseUndocumented = (status, message) => ({ status, headers: { 'content-type': 'application/json' }, body: { message } }); //? !undocumented&!same-refusals

module.exports = { perform, refuseUndocumented };
`;
