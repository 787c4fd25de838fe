/** Text of the emitted `perform.js`: runs an operation, and holds its rules by trying what the contract allows. */
export const PERFORM_JS = String.raw`'use strict';
// Runs an operation. Its rules hold because every outcome is tried on trial: the first that breaks none is kept.
const contract = require('./contract.js');
const { handlers, switches } = require('./operations.js');
const { refusalOf, writable } = require('./request.js');
const { rules } = require('./rules.js');
const { check, equal } = require('./schema.js');
const { collection, commit, homeOf, mark, rollback, versionNow } = require('./store.js');
const { fit } = require('./values.js');

const DEEPEST = 4;
const NO_RULES = { given: {}, then: {}, define: [], effects: [], rules: [] };
const replays = collection({ id: 'key' });

/** Answers a request from outside and keeps what it changed. */
function perform(name, request) {
  const response = run(name, request, 0);
  commit();
  const isEmpty = responseOf(contract.operations[name], response.status)?.type === undefined && response.body === null;
  return { status: response.status, headers: response.headers, body: isEmpty ? undefined : response.body };
}

function run(name, request, depth) {
  const operation = contract.operations[name];
  const { checks = [], credentials, replayBy } = switches[name];
  if (credentials && !contract.security[name].some((scheme) => isSent(scheme, request))) {
    return refusal(operation, operation.refusals.unauthorized, 'unauthorized', 'credentials are missing');
  }
  const problem = refusalOf(operation, request, checks);
  if (problem !== null) {
    const status = problem.isMediaType ? operation.refusals.mediaType : operation.refusals.invalid;
    return refusal(operation, status, 'invalid', problem.message);
  }
  const sent = replayBy === undefined ? undefined : replayKey(name, request, replayBy);
  return decide(name, operation, request, depth, sent);
}

/** Tries the outcomes of an operation in turn and keeps the first that breaks no rule; a repeated request, its answer. */
function decide(name, operation, request, depth, sent) {
  const plan = rules[name] ?? NO_RULES;
  const isFree = plan.define.length + plan.effects.length === 0 && (plan.rules.length === 0 || (depth > 0 && operation.isSafe));
  const scope = isFree ? {} : scopeOf(plan, request, depth);
  const due = depth === 0 ? plan.rules : depth < 2 && !operation.isSafe ? plan.rules.filter((rule) => !rule.repeats) : [];
  const earlier = sent === undefined ? undefined : replays.get([sent.key]);
  if (earlier !== undefined && equal(earlier.body, sent.body)) {
    const response = { ...earlier.response, status: switches[name].replayStatus ?? earlier.response.status };
    scope.response = response;
    const broken = depth > 0 ? [] : brokenBefore(plan, scope).filter((id) => !earlier.excused.includes(id));
    if (broken.length === 0) return response;
  }
  const outcomes = due.length === 0 ? [null] : [null, ...operation.outcomes];
  for (const status of outcomes) {
    const before = mark();
    const response = attempt(name, operation, request, status);
    if (response.isUnknown) return response; // Rules speak of what exists.
    const fitted = response.body;
    scope.response = response;
    if (response.status < 300 && !isFree) settle(plan, scope);
    if (sent !== undefined && response.status < 300) remember(plan, request, sent, response);
    if (due.length === 0) return response;
    const isAsMade = response.body === fitted || isSound(operation, response);
    if (isAsMade && due.every((rule) => holds(rule, scope))) return response;
    rollback(before);
  }
  const response = attempt(name, operation, request, null);
  scope.response = response;
  if (response.status < 300) settle(plan, scope);
  return response;
}

/**
 * Keeps an answer for the request's repetition. A rule that only the call's own effect would break for the repetition
 * (there is enough money once, not twice) is excused then.
 */
function remember(plan, request, sent, response) {
  const scope = scopeOf(plan, request, 0);
  scope.response = response;
  replays.set([sent.key], { body: sent.body, response, excused: brokenBefore(plan, scope) });
}

/** The rules on the state before a call that do not hold. */
function brokenBefore(plan, scope) {
  return plan.rules.filter((rule) => !rule.looksAfter && !holds(rule, scope)).map((rule) => rule.id);
}

/** What the handler answers, under another status if one is given; or a refusal. */
function attempt(name, operation, request, status) {
  if (status !== null && status >= 300) return refusal(operation, status, 'conflict', 'the present state does not allow it');
  const call = { ...request, fields: writable(operation, request) };
  const result = handlers[name](call);
  if (result.refused !== undefined) {
    return { ...refusal(operation, operation.refusals[result.refused], result.refused, result.message), isUnknown: true };
  }
  return respond(operation, status ?? result.status, result, call);
}

function respond(operation, status, { value, headers = {} }, request) {
  const spec = responseOf(operation, status);
  const find = (wanted) => request.path[wanted] ?? request.query[wanted] ?? request.fields[wanted];
  const body = spec?.schema === undefined ? undefined : fit(spec.schema, value, find);
  return { status, headers: headersOf(spec, headers, value), body: body ?? null, home: homeOf(value) ?? homeOf(value?.[operation.wrapper]), wrapper: operation.wrapper };
}

const responseOf = (operation, status) =>
  operation.responses[status] ?? operation.responses[Math.floor(status / 100) + 'XX'] ?? operation.responses.default;

function headersOf(spec, known, value) {
  const headers = spec?.type === undefined ? {} : { 'content-type': spec.type };
  for (const [name, schema] of Object.entries(spec?.headers ?? {})) {
    const text = fit(schema, known[name] ?? value?.[name], undefined, name);
    headers[name] = typeof text === 'object' ? JSON.stringify(text) : encodeURI(String(text));
  }
  return headers;
}

/** An error answer in the contract's own form. */
function refusal(operation, status, kind, message) {
  const spec = responseOf(operation, status);
  const facts = {
    message, error: message, detail: message, details: message, description: message, reason: message, title: message,
    msg: message, errormessage: message, code: kind, kind, status, statuscode: status, type: 'about:blank',
  };
  const find = (name) => facts[name.toLowerCase().replaceAll('_', '')];
  find.deep = true;
  const body = spec?.schema === undefined ? undefined : fit(spec.schema, message, find);
  return { status, headers: headersOf(spec, {}), body: spec === undefined ? { message } : (body ?? null) };
}

/** What rules see. Probes after the call are asked again whenever something has changed since. */
function scopeOf(plan, request, depth) {
  const scope = { request: visible(request), constant: contract.constants() };
  if (depth >= DEEPEST) return scope;
  for (const [name, probe] of Object.entries(plan.given)) scope[name] = ask(probe, scope, depth);
  for (const [name, probe] of Object.entries(plan.then)) {
    let seen;
    let answered;
    let asked = false;
    Object.defineProperty(scope, name, {
      get() {
        if (!asked || seen !== versionNow()) {
          answered = ask(probe, scope, depth);
          seen = versionNow();
          asked = true;
        }
        return answered;
      },
    });
  }
  return scope;
}

const visible = ({ path, query, headers, body = null }) => ({ path, query, headers, body });

/** Asks another operation and takes back whatever that changed. */
function ask(probe, scope, depth) {
  const before = mark();
  try {
    const request = { path: {}, query: {}, headers: {}, cookies: {}, ...probe.with(scope) };
    const { status, headers, body } = run(probe.call, request, depth + 1);
    return { status, headers, body };
  } catch {
    return undefined; // A rule that looks at it does not hold then.
  } finally {
    rollback(before);
  }
}

/** Makes the answer and the state what the rules define them to be. */
function settle(plan, scope) {
  for (let pass = 0; pass < 2; pass++) {
    const version = versionNow();
    // What the answer is must be known before anything is written because of it.
    for (let round = 0; round < 4; round++) {
      const before = scope.response.body;
      for (const step of plan.define) take(step, scope);
      if (scope.response.body === before) break;
    }
    for (const step of plan.effects) take(step, scope);
    if (versionNow() === version) return;
  }
}

function take(step, scope) {
  try {
    step(scope);
  } catch {
    // What cannot be computed now is left to the rule itself.
  }
}

function holds(rule, scope) {
  try {
    return rule.holds(scope) === true;
  } catch {
    return false;
  }
}

/** True where an answer still satisfies its schema. */
function isSound(operation, response) {
  const spec = responseOf(operation, response.status);
  return spec?.schema === undefined || check(spec.schema, response.body, 'response') === null;
}

function isSent({ in: place, name, prefix }, request) {
  const value = { header: request.headers, query: request.sent ?? {}, cookie: request.cookies }[place][name];
  return value !== undefined && String(value).toLowerCase().startsWith(prefix);
}

/** Names a request that a client may repeat: by a header that it sends, or by all that it asks. */
function replayKey(name, request, by) {
  const { path, query, body = null } = request;
  if (by === 'content') return { key: JSON.stringify([name, path, query, body]), body };
  const value = request.headers[by];
  return value === undefined ? undefined : { key: JSON.stringify([name, path, value]), body };
}

/** The answer to a path or method that the contract does not document. */
const refuseUndocumented = (status, message) =>
  refusal({ responses: 'type' in contract.undocumented ? { default: contract.undocumented } : {} }, status, 'undocumented', message);

module.exports = { perform, refuseUndocumented };
`;
