/**
 * What a sequence of calls on resources of one kind must show. The model knows only what the contract says and what
 * the subject itself showed: which ids are live, and the fields that it echoed last. What it cannot know it lets pass.
 */
import { isObject, type JsonObject, type JsonValue, valueAt } from '../../events/index.ts';
import { sourceValue } from '../cases/resolve.ts';
import type { Scenario } from '../cases/scenario.ts';
import { equalJson } from '../equal-json.ts';
import { withoutMoments } from '../timely.ts';
import { describeAnswer, type Sent } from '../wire/execute.ts';
import { mediaOf } from '../wire/serialise.ts';
import { documentsGone, type Kind, putCreates } from './kinds.ts';
import { madeBy } from './steps.ts';

/** The first thing in a sequence that a correct service would not do. */
export interface Violation {
  /** Step in the scenario whose answer shows it. */
  step: number;
  actual: string;
  expected: string;
  /** See `Finding.check`; `checked` is the step that made the resource. */
  check?: string;
  checked?: number;
}

interface Resource {
  state: 'live' | 'gone' | 'unknown';
  /** The step that made it. */
  made: number;
  /** Fields as they were shown last; absent ones are not known. */
  fields: Map<string, JsonValue>;
  /** What was done to others since then, as the fields that it wrote. */
  others: JsonObject[];
  lastDone: string;
  /** What it was last read with: a strong entity tag, and the whole answer. */
  tagged?: { tag: string; body: JsonValue };
}

interface Look {
  kind: Kind;
  scenario: Scenario;
  sent: Sent;
  status: number;
  resources: Map<string, Resource>;
}

/** Goes through what a sequence answered and says where it departs from every model. */
export function violationIn(kind: Kind, scenario: Scenario, sent: Sent[], deletes: boolean): Violation | undefined {
  const resources = new Map<string, Resource>();
  const bySteps = new Map(sent.map((one) => [one.index, one]));
  for (const one of sent) {
    if (one.answer.kind !== 'answer' || one.role === 'setup') continue;
    const look: Look = { kind, scenario, sent: one, status: one.answer.status, resources };
    const made = madeBy(kind, scenario, one.index);
    if (made === undefined) {
      const found = one.operation === kind.creator ? created(look) : listed(look, deletes);
      if (found !== undefined) return found;
      continue;
    }
    const id = sourceValue(made.source, bySteps.get(made.step));
    const resource = id === undefined ? undefined : resources.get(String(id));
    if (id === undefined || resource === undefined) continue;
    const found = touched(look, resource, deletes);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function created({ kind, sent, status, resources }: Look): Violation | undefined {
  if (!isSuccess(status)) return undefined;
  const id = sourceValue(kind.source, sent);
  if (id === undefined) return undefined;
  const known = resources.get(String(id));
  const chosen = kind.source.place === 'input' || holds(sent.input, id);
  if (known !== undefined && !chosen && status === 201) {
    const first = known.made;
    const field = kind.source.place === 'body' ? kind.source.pointer : undefined;
    return {
      step: sent.index,
      actual: `${describeAnswer(sent.answer)}: step ${first + 1} already answered the id ${JSON.stringify(id)}`,
      expected: 'an id of its own for each resource that is created',
      ...(field === undefined ? {} : { check: `String(${memberOf(field)}) === process.argv[2]`, checked: first }),
    };
  }
  const resource: Resource = {
    state: status === 202 ? 'unknown' : 'live',
    made: known?.made ?? sent.index,
    fields: shownFields(kind, sent),
    others: [],
    lastDone: `${sent.operation.id} made it`,
  };
  resources.set(String(id), resource);
  happened(resources, resource, isObject(sent.input.body) ? sent.input.body : {});
  return undefined;
}

/** True where a value that the client sent is the id, so that it chose it. */
function holds(input: Sent['input'], id: JsonValue): boolean {
  const members = [...Object.values(input.path), ...(isObject(input.body) ? Object.values(input.body) : [])];
  return members.some((one) => String(one) === String(id));
}

/** Tells all other resources that something was written that is not theirs. */
function happened(resources: Map<string, Resource>, own: Resource, written: JsonObject): void {
  for (const other of resources.values()) if (other !== own) other.others.push(written);
}

function touched(look: Look, resource: Resource, deletes: boolean): Violation | undefined {
  const { kind, sent, status } = look;
  const { operation } = sent;
  if (operation === kind.reader || operation === kind.head) return read(look, resource, deletes);
  if (operation === kind.remover) return removed(look, resource);
  if (kind.updaters.includes(operation)) return updated(look, resource, deletes);
  if (resource.state === 'gone') return deletes ? usedAfterDeletion(look, resource) : undefined;
  // An action, or something below it: what it does to the fields is its own affair.
  if (operation.method !== 'get' && isSuccess(status)) {
    resource.fields.clear();
    resource.state = 'unknown';
    for (const other of look.resources.values()) if (other !== resource) other.fields.clear();
  }
  return undefined;
}

function read(look: Look, resource: Resource, deletes: boolean): Violation | undefined {
  const { kind, sent, status } = look;
  if (resource.state === 'gone') return deletes ? usedAfterDeletion(look, resource) : undefined;
  if (status === 404 || status === 410) return resource.state === 'live' ? missing(look, resource) : undefined;
  if (!isSuccess(status)) return undefined;
  resource.state = 'live';
  if (sent.operation === kind.head) return undefined;
  const stale = sameTag(sent, resource);
  if (stale !== undefined) return stale;
  const shown = shownFields(kind, sent);
  for (const [name, value] of resource.fields) {
    const now = shown.get(name);
    if (now !== undefined && equalJson(now, value)) continue;
    if (now === undefined && (value === null || !isTold(kind, resource, look))) continue;
    // Setting something on one resource may unset it on another; only what was written there shows a mix-up.
    const mixed = resource.others.some(
      (one) => one[name] !== undefined && now !== undefined && equalJson(one[name], now),
    );
    if (resource.others.some((one) => Object.keys(one).length > 0) && !mixed && now !== undefined) continue;
    const from = mixed ? ', which was written to another resource' : '';
    return {
      step: sent.index,
      actual: now === undefined ? `no ${name} in ${describeAnswer(sent.answer)}` : `${name} is ${show(now)}${from}`,
      expected: `${name} ${show(value)}: ${resource.lastDone}, and nothing has changed it since`,
    };
  }
  resource.fields = shown;
  resource.others = [];
  resource.lastDone = `${sent.operation.id} read it so`;
  return undefined;
}

/** A strong entity tag is of one content only (RFC 9110 §8.8.1). What differs in nothing but its time would not again. */
function sameTag({ answer, index }: Sent, resource: Resource): Violation | undefined {
  if (answer.kind !== 'answer' || answer.status !== 200 || answer.json === undefined) return undefined;
  const tag = answer.headers['etag'] ?? '';
  const { tagged } = resource;
  resource.tagged = { tag, body: answer.json };
  if (!tag.startsWith('"') || tagged?.tag !== tag) return undefined;
  if (equalJson(withoutMoments(tagged.body), withoutMoments(answer.json))) return undefined;
  return {
    step: index,
    actual: `the entity tag ${tag} again, with another content: ${describeAnswer(answer)}`,
    expected: `another ETag than with ${show(tagged.body)}: a strong one is of one content (RFC 9110 §8.8.1)`,
    check: `headers.toLowerCase().includes(${JSON.stringify(`\netag: ${tag.toLowerCase()}`)})`,
  };
}

/** True where the fields come from an answer of the very operation, which then shows what it showed before. */
function isTold(kind: Kind, resource: Resource, { sent }: Look): boolean {
  return resource.lastDone === `${sent.operation.id} read it so` && sent.operation === kind.reader;
}

function missing({ kind, sent, scenario }: Look, resource: Resource): Violation {
  const maker = scenario[resource.made]?.operation.id ?? kind.creator.id;
  return {
    step: sent.index,
    actual: describeAnswer(sent.answer),
    expected: `the ${kind.thing} that ${maker} made and nothing removed`,
  };
}

function usedAfterDeletion({ kind, sent, status, resources }: Look, resource: Resource): Violation | undefined {
  const { operation } = sent;
  if (!isSuccess(status) || !documentsGone(operation)) return undefined;
  if (kind.updaters.includes(operation) && putCreates(kind, operation)) {
    resource.state = 'live';
    resource.fields = shownFields(kind, sent);
    happened(resources, resource, {});
    return undefined;
  }
  if (operation === kind.remover) return undefined;
  return {
    step: sent.index,
    actual: describeAnswer(sent.answer),
    expected: `status 404 or 410: ${kind.remover?.id ?? 'a deletion'} had removed the ${kind.thing}`,
  };
}

function removed(look: Look, resource: Resource): Violation | undefined {
  const { status } = look;
  if ((status === 404 || status === 410) && resource.state === 'live') return missing(look, resource);
  if (!isSuccess(status)) return undefined;
  resource.state = status === 202 ? 'unknown' : 'gone';
  resource.fields.clear();
  happened(look.resources, resource, {});
  return undefined;
}

function updated(look: Look, resource: Resource, deletes: boolean): Violation | undefined {
  const { kind, sent, status } = look;
  if (resource.state === 'gone') return deletes ? usedAfterDeletion(look, resource) : undefined;
  if ((status === 404 || status === 410) && resource.state === 'live') return missing(look, resource);
  if (!isSuccess(status) || status === 202) {
    if (status >= 500 || status === 202) resource.fields.clear();
    return undefined;
  }
  const body = isObject(sent.input.body) ? sent.input.body : {};
  const merges = sent.operation.method === 'patch' && isObject(sent.input.body);
  const shown = shownFields(kind, sent);
  if (merges)
    for (const [name, value] of resource.fields) {
      const now = shown.get(name);
      if (Object.hasOwn(body, name) || !isPatchable(look, name)) continue;
      // The answer may leave out what it did not touch; what it shows must be as it was.
      if (now === undefined || equalJson(now, value)) continue;
      return {
        step: sent.index,
        actual: `${name} is ${show(now)} after a change of ${Object.keys(body).join(', ')}`,
        expected: `${name} ${show(value)}: a PATCH leaves alone what it does not name (RFC 5789, RFC 7396)`,
      };
    }
  const unset =
    merges && isMergePatch(sent)
      ? Object.keys(body).find((name) => body[name] === null && !isUnset(shown, name))
      : undefined;
  if (unset !== undefined)
    return {
      step: sent.index,
      actual: `${unset} is ${show(shown.get(unset) ?? null)} after a merge patch with null`,
      expected: `no ${unset}, or null: null removes a member (RFC 7396 §1)`,
    };
  const kept = merges
    ? [...resource.fields].filter(([name]) => !Object.hasOwn(body, name) && isPatchable(look, name))
    : [];
  resource.fields = new Map([...kept, ...shown]);
  resource.state = 'live';
  resource.others = [];
  resource.lastDone = `${sent.operation.id} answered so or left it alone`;
  happened(look.resources, resource, body);
  return undefined;
}

function isMergePatch({ operation, input }: Sent): boolean {
  return mediaOf(operation, input)?.type === 'application/merge-patch+json';
}

function isUnset(shown: Map<string, JsonValue>, name: string): boolean {
  const value = shown.get(name);
  return value === undefined || value === null || isEmpty(value);
}

/** A list or a text may be emptied. */
function isEmpty(value: JsonValue): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}

/** Names of fields that follow from what happens to others. */
const FOLLOWS = /status|state|stage|phase|level|total|count|score|progress|version|updated|modified|changed/i;

/**
 * True where leaving a field out of a PATCH says that it stays: it has a name of its own in the body, or it is one that
 * its client gave it, which no PATCH is said to change.
 */
function isPatchable({ kind, sent }: Look, name: string): boolean {
  return kind.sends(sent.operation).has(name) || !FOLLOWS.test(name);
}

/** The writable fields that an answer shows. */
function shownFields(kind: Kind, sent: Sent): Map<string, JsonValue> {
  const body = sent.answer.kind === 'answer' ? sent.answer.json : undefined;
  const shown = body === undefined ? undefined : valueAt(body, kind.shownAt(sent.operation));
  if (!isObject(shown)) return new Map();
  return new Map(Object.entries(shown).filter(([name]) => kind.writable.has(name)));
}

function listed({ kind, sent, status, resources }: Look, deletes: boolean): Violation | undefined {
  const list = kind.lists.find((one) => one.operation === sent.operation);
  const body = sent.answer.kind === 'answer' ? sent.answer.json : undefined;
  const items = list === undefined || body === undefined ? undefined : valueAt(body, list.pointer);
  if (list === undefined || status !== 200 || !Array.isArray(items)) return undefined;
  const isNarrow = list.partial || Object.keys(sent.input.query).length > 0;
  for (const [id, { state, made }] of resources) {
    const found = items.filter((item) => isObject(item) && String(item[list.id]) === id).length;
    const isWrong =
      (state === 'live' && (found > 1 || (found === 0 && !isNarrow))) || (state === 'gone' && deletes && found > 0);
    if (!isWrong) continue;
    const where = list.pointer === '' ? 'body' : memberOf(list.pointer);
    return {
      step: sent.index,
      actual: `${found} items with ${list.id} ${JSON.stringify(id)} in a list of ${items.length}`,
      expected: state === 'gone' ? 'none: it was removed' : 'exactly one: it was made and not removed',
      check: `${where}.filter((item) => String(item[${JSON.stringify(list.id)}]) === process.argv[2]).length === ${found}`,
      checked: made,
    };
  }
  return undefined;
}

/** A JavaScript expression for a place in the body. */
function memberOf(pointer: string): string {
  const tokens = pointer.split('/').slice(1);
  return `body${tokens.map((token) => `[${JSON.stringify(token.replaceAll('~1', '/').replaceAll('~0', '~'))}]`).join('')}`;
}

function show(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
