/** YAML 1.2 core schema with places; aliases are shared values whose expanded size is counted, never copied. */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isObject, type JsonObject, type JsonValue } from '../../events/index.ts';
import { Collector, type Limits, type Parsed, type Shared, Unreadable } from './syntax.ts';

/** Reads a YAML text. Never throws; the first fatal problem leaves `value` undefined. */
export function parseYaml(text: string, limits: Limits, shared?: Shared): Parsed {
  const collector = new Collector(limits, text, shared);
  return collector.parsed(() => read(text, collector));
}

function read(text: string, collector: Collector): JsonValue {
  const document = compose(text, collector);
  const [error] = document.errors;
  if (error !== undefined) {
    // The library reports its own stack overflow as a syntax error.
    if (/call stack/i.test(error.message)) throw tooDeep(error.pos[0]);
    throw new Unreadable('yaml-syntax', error.pos[0], error.message);
  }
  if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2')
    throw new Unreadable(
      'yaml-version',
      0,
      `YAML ${document.directives.yaml.version} is not supported`,
      'use YAML 1.2',
    );
  for (const warning of document.warnings)
    collector.problems.push({
      rule: 'yaml-tag',
      severity: 'warning',
      offset: warning.pos[0],
      message: warning.message,
    });
  return new Converter(collector).value(document.contents, 1, undefined, '');
}

/** Lexical tokens of one file; a document that needs more is denser than any that a person writes. */
const MAX_TOKENS = 2_000_000;

/** Nesting that the library composes without exhausting the stack. */
const MAX_DEPTH = 500;

/** Drives lexer, parser and composer by hand, so that hostile input ends at the first limit that it meets. */
function compose(text: string, collector: Collector): Document.Parsed {
  const parser = new Parser();
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    intAsBigInt: true,
    // The library compares all pairs of keys; the collector finds duplicates in linear time.
    uniqueKeys: false,
    strict: true,
    prettyErrors: false,
    keepSourceTokens: false,
  });
  const documents: Document.Parsed[] = [];
  const add = (document: Document.Parsed): void => {
    documents.push(document);
    if (documents.length > 1)
      throw new Unreadable(
        'yaml-many-documents',
        document.range[0],
        'the file holds more than one YAML document',
        'keep one document in a file',
      );
  };
  const take = (token: CST.Token): void => {
    if (token.type === 'error') throw new Unreadable('yaml-syntax', token.offset, token.message);
    for (const document of composer.next(token)) add(document);
  };
  const deepest = Math.min(MAX_DEPTH, collector.limits.maxDepth);
  const { stackTraceLimit } = Error;
  let tokens = 0;
  try {
    // A file of a million commas makes a million errors; their stack traces would cost most of the time.
    Error.stackTraceLimit = 0;
    for (const lexeme of new Lexer().lex(text)) {
      tokens += 1;
      if (tokens > MAX_TOKENS)
        throw new Unreadable('too-many-values', parser.offset, `more than ${MAX_TOKENS} tokens`, 'write it as JSON');
      for (const token of parser.next(lexeme)) take(token);
      if (parser.stack.length > deepest + 2) throw tooDeep(parser.offset);
    }
    for (const token of parser.end()) take(token);
    for (const document of composer.end(true, text.length)) add(document);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(parser.offset);
    throw error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  const [document] = documents;
  if (document === undefined) throw new Unreadable('yaml-syntax', 0, 'the file holds no YAML document');
  return document;
}

function tooDeep(offset: number): Unreadable {
  return new Unreadable(
    'too-deep',
    offset,
    `YAML is read down to ${MAX_DEPTH} levels`,
    'nest less, or write it as JSON',
  );
}

type Anchor = { kind: 'open' } | { kind: 'done'; value: JsonValue; size: number; depth: number };

class Converter {
  private readonly collector: Collector;
  private readonly anchors = new Map<string, Anchor>();
  private deepest = 0;

  constructor(collector: Collector) {
    this.collector = collector;
  }

  value(node: unknown, depth: number, parent: object | undefined, key: string): JsonValue {
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.alias(node.source, start(node), depth);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor === undefined) return this.plain(node, depth, parent, key);
    this.anchors.set(anchor, { kind: 'open' });
    const before = this.collector.counted;
    const outer = this.deepest;
    this.deepest = depth;
    const value = this.plain(node, depth, parent, key);
    this.anchors.set(anchor, {
      kind: 'done',
      value,
      size: this.collector.counted - before,
      depth: this.deepest - depth,
    });
    this.deepest = Math.max(outer, this.deepest);
    return value;
  }

  private plain(node: unknown, depth: number, parent: object | undefined, key: string): JsonValue {
    if (isScalar(node)) return this.scalar(node, parent, key);
    this.deepest = Math.max(this.deepest, depth);
    if (isMap(node)) return this.map(node, depth);
    if (isSeq(node)) return this.seq(node, depth);
    throw new Unreadable('yaml-syntax', 0, 'a node of unknown kind');
  }

  private alias(name: string, offset: number, depth: number): JsonValue {
    const anchor = this.anchors.get(name);
    if (anchor === undefined) throw new Unreadable('yaml-alias', offset, `alias *${name} has no anchor before it`);
    if (anchor.kind === 'open') throw new Unreadable('yaml-alias-cycle', offset, `alias *${name} contains itself`);
    if (typeof anchor.value === 'object' && anchor.value !== null) this.collector.sharesNodes = true;
    this.collector.count(anchor.size, offset);
    this.collector.enter(depth + anchor.depth, offset);
    this.deepest = Math.max(this.deepest, depth + anchor.depth);
    return anchor.value;
  }

  private map(node: YAMLMap, depth: number): JsonObject {
    this.collector.enter(depth, start(node));
    this.collector.count(1, start(node));
    const object: JsonObject = {};
    const places: Record<string, number> = {};
    this.collector.offsets.set(object, places);
    const merges: { node: unknown; offset: number }[] = [];
    for (const pair of node.items) {
      const keyNode = pair.key;
      const offset = isScalar(keyNode) || isAlias(keyNode) ? start(keyNode) : start(node);
      const key = this.key(keyNode, offset);
      if (key === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN') merges.push({ node: pair.value, offset });
      else this.collector.member(object, places, key, offset, () => this.value(pair.value, depth + 1, object, key));
    }
    for (const merge of merges) this.merge(object, places, { ...merge, depth });
    return object;
  }

  /** Members of other maps that a map does not have itself (the merge key of YAML 1.1, which many files rely on). */
  private merge(
    object: JsonObject,
    places: Record<string, number>,
    { node, offset, depth }: { node: unknown; offset: number; depth: number },
  ): void {
    const value = this.value(node, depth + 1, undefined, '');
    const maps = Array.isArray(value) ? value : [value];
    for (const map of maps) {
      if (!isObject(map))
        throw new Unreadable('yaml-merge-key', offset, 'a merge key (<<) takes a map or a list of maps', 'name maps');
      this.collector.count(Object.keys(map).length, offset);
      for (const [key, member] of Object.entries(map)) {
        if (Object.hasOwn(object, key)) continue;
        object[key] = member;
        places[key] = this.collector.offsets.get(map)?.[key] ?? offset;
        const source = this.collector.inexact.get(map)?.[key];
        if (source !== undefined)
          this.collector.inexact.set(object, { ...this.collector.inexact.get(object), [key]: source });
        if (typeof member === 'object' && member !== null) this.collector.sharesNodes = true;
      }
    }
  }

  /** The key as written: YAML reads `200:` as a number and `on:` as a word, OpenAPI means both as text. */
  private key(node: unknown, offset: number): string {
    if (node === null) return '';
    if (isScalar(node)) {
      return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    }
    if (isAlias(node)) {
      const value = this.alias(node.source, offset, 1);
      if (typeof value === 'string') return value;
    }
    throw new Unreadable('yaml-key', offset, 'a key is not a plain value');
  }

  private seq(node: YAMLSeq, depth: number): JsonValue[] {
    this.collector.enter(depth, start(node));
    this.collector.count(1, start(node));
    const array: JsonValue[] = [];
    const places: Record<string, number> = {};
    this.collector.offsets.set(array, places);
    for (const item of node.items) {
      const index = String(array.length);
      places[index] = isScalar(item) || isAlias(item) || isMap(item) || isSeq(item) ? start(item) : start(node);
      array.push(this.value(item, depth + 1, array, index));
    }
    return array;
  }

  private scalar(node: Scalar, parent: object | undefined, key: string): JsonValue {
    const offset = start(node);
    this.collector.count(1, offset);
    const { value } = node;
    if (typeof value === 'string') {
      this.collector.text(value, offset);
      return value;
    }
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'bigint') return this.collector.number(String(value), offset, parent, key);
    if (typeof value === 'number') {
      if (Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
      throw new Unreadable('number-range', offset, `${node.source ?? String(value)} is not a finite number`);
    }
    throw new Unreadable('yaml-tag', offset, 'a value of a kind that JSON does not have');
  }
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}
