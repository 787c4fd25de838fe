import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSpec, readyFor, specFromText } from '../../src/spec/load.ts';
import type { Spec } from '../../src/spec/model.ts';
import { resolveSpec } from '../../src/spec/resolve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A GraphQL contract is read through the same door as any other: clauses with places, digests, findings, never a crash.

const CONTRACT = `"""What the shop sells."""
schema @constant(name: "vat", value: 19) @constant(name: "vat", value: 21, from: "2027-01-01") {
  query: Query
  mutation: Mutation
  subscription: Subscription
}
scalar DateTime
scalar Isbn @constraint(pattern: "^[0-9]{13}$")
enum Genre { FICTION POETRY }
interface Node { id: ID! }
type Book implements Node @key(fields: "id") @invariant(rule: "self.pages > 0") {
  id: ID!
  pages: Int!
  genre: Genre
  reviews(first: Int = 3): [String!]! @invariant(id: "as-many", rule: "size(result) <= args.first")
}
input NewBook { pages: Int! @constraint(min: 1) genre: Genre published: DateTime }
type Query {
  "One book."
  book(id: ID!): Book
}
type Mutation {
  addBook(input: NewBook!): Book!
    @objective(p99: "200ms", rate: "50/s")
    @invariant(
      rule: "result.pages == args.input.pages && after.book.id == result.id"
      then: { after: { query: "{ book(id: $id) { id } }", variables: { id: "result.id" } } }
    )
}
type Subscription { added: Book! }
`;

async function read(text: string): Promise<ReturnType<typeof specFromText>> {
  await readyFor('/shop.graphql');
  return specFromText(text, { file: '/shop.graphql', name: 'shop' });
}

async function specOf(text: string): Promise<Spec> {
  const result = await read(text);
  if (result.kind === 'invalid') throw new Error(JSON.stringify(result.findings));
  return result.spec;
}

/** `line:column rule message` of each finding. */
async function problems(text: string): Promise<string[]> {
  const { findings } = await read(text);
  return findings.map(({ location, rule, message }) => `${location.line}:${location.column} ${rule} ${message}`);
}

describe('a GraphQL contract', () => {
  it('has a clause with a place for everything in it', async () => {
    const spec = await specOf(CONTRACT);
    const places = spec.clauses.map(({ pointer, title }) => `${spec.locate(pointer).line} ${pointer} ${title}`);
    expect(places).toEqual([
      '20 #/Query/book book',
      '20 #/Query/book/id id: ID!',
      '23 #/Mutation/addBook addBook',
      '23 #/Mutation/addBook/input input: NewBook!',
      '25 #/Mutation/addBook/@invariant/addBook addBook',
      '24 #/Mutation/addBook/@objective p99 200 ms',
      '7 #/DateTime scalar DateTime',
      '8 #/Isbn scalar Isbn',
      '9 #/Genre enum Genre',
      '9 #/Genre/FICTION Genre.FICTION',
      '9 #/Genre/POETRY Genre.POETRY',
      '10 #/Node interface Node',
      '10 #/Node/id Node.id: ID!',
      '11 #/Book type Book',
      '12 #/Book/id Book.id: ID!',
      '13 #/Book/pages Book.pages: Int!',
      '14 #/Book/genre Book.genre: Genre',
      '15 #/Book/reviews Book.reviews(first: Int = 3): [String!]!',
      '15 #/Book/reviews/first Book.reviews first: Int',
      '17 #/NewBook input NewBook',
      '17 #/NewBook/pages NewBook.pages: Int!',
      '17 #/NewBook/genre NewBook.genre: Genre',
      '17 #/NewBook/published NewBook.published: DateTime',
      '30 #/Subscription type Subscription',
      '30 #/Subscription/added Subscription.added: Book!',
      '11 #/Book/@invariant/Book Book',
      '15 #/Book/reviews/@invariant/as-many as-many',
    ]);
    expect(spec.notCovered.map(({ what }) => what)).toEqual(['subscription added']);
    expect(spec.constants).toEqual({ vat: [{ value: 19 }, { value: 21, from: '2027-01-01' }] });
    expect(Object.fromEntries(spec.invariants.map(({ id, operations }) => [id, operations]))).toEqual({
      addBook: ['addBook'],
      Book: ['book', 'addBook'],
      'as-many': ['book', 'addBook'],
    });
  });

  it('declares the variables of its probes', async () => {
    const spec = await specOf(CONTRACT);
    expect(spec.invariants.find(({ id }) => id === 'addBook')?.then).toEqual([
      {
        name: 'after',
        pointer: '#/Mutation/addBook/@invariant/addBook/then/after',
        operation: 'query($id: ID!) {\n  book(id: $id) {\n    id\n  }\n}',
        parameters: { id: 'result.id' },
      },
    ]);
  });

  it('has a semantic digest of what it means, and a document digest of every word', async () => {
    const spec = await specOf(CONTRACT);
    const reordered = await specOf(
      CONTRACT.replace('"One book."', '"Another word."').replace(
        'enum Genre { FICTION POETRY }',
        'enum Genre { POETRY FICTION }',
      ),
    );
    const changed = await specOf(CONTRACT.replace('min: 1', 'min: 2'));
    const rule = await specOf(CONTRACT.replace('self.pages > 0', 'self.pages > 1'));
    expect(reordered.semanticDigest).toBe(spec.semanticDigest);
    expect(reordered.documentDigest).not.toBe(spec.documentDigest);
    expect(new Set([spec, changed, rule].map((one) => one.semanticDigest)).size).toBe(3);
  });
});

describe('what is wrong with a contract is told with its place', () => {
  it.each([
    ['type Query { a: Int', ['1:20 sdl-syntax Expected Name, found <EOF>.']],
    ['type Query { a: Foo }', ['1:17 sdl-invalid Unknown type "Foo".']],
    ['type Query { a: Int }\ntype Query { b: Int }', ['1:6 sdl-invalid There can be only one type named "Query".']],
    ['type A { a: Int }', ['1:1 sdl-invalid Query root type must be provided.']],
    [
      'type Query { a(b: A): Int }\ntype A { a: Int }',
      ['1:19 sdl-invalid The type of Query.a(b:) must be Input Type but got: A.'],
    ],
    [
      'type Query { a: Int @odd }',
      ['1:21 unknown-directive nothing is known of the directive @odd, so it is not checked'],
    ],
    ['type Query { a: Int @constraint(mini: 1) }', ['1:33 directive-argument @constraint has no argument mini']],
    ['type Query { a: Int @invariant(rule: "result >") }', ['1:21 rule-syntax']],
    ['type Query { a: Int @invariant(rule: "response.a") }', ['1:21 rule-reference the rule does not know response']],
    [
      'type Query { a: Int @invariant(rule: "b.a == result", given: { b: "{ c }" }) }',
      [
        '1:21 probe-shape the query of the probe is not valid: Cannot query field "c" on type "Query". Did you mean "a"?',
        '1:21 rule-reference the rule does not know b',
      ],
    ],
    ['type Query { a: Int @objective(p99: "fast") }', ['1:21 objective-shape an objective is a duration and a rate']],
    ['scalar Odd\ntype Query { a: Odd }', ['1:8 unknown-scalar nothing is known of the values of scalar Odd']],
    ['', ['1:1 sdl-syntax Unexpected <EOF>.']],
    [
      `type Query { a: ${'['.repeat(20_000)}Int${']'.repeat(20_000)} }`,
      ['1:1 too-deep the document is nested too deeply'],
    ],
    [`type Query { a: ${'['.repeat(9)}Int${']'.repeat(9)} }`, ['1:17 too-deep lists are nested deeper than 8 levels']],
    [`type Query { ${'a '.repeat(1_000_001)}`, ['sdl-syntax']],
    [
      'query { a }\ntype Query { a: Int }',
      ['1:1 not-a-schema 1 operations or fragments are no part of a contract and are left out'],
    ],
  ])('%.60s', async (text, expected) => {
    const found = await problems(text);
    expect(found.length).toBe(expected.length);
    for (const [index, one] of expected.entries()) expect(found[index]).toContain(one);
  });

  it('takes a subgraph of a federation as it is', async () => {
    const text = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])
      extend type Query { me: User @shareable }
      type User @key(fields: "id") { id: ID! @external name: String @federation__inaccessible }`;
    expect(await problems(text)).toEqual([]);
  });
});

describe('a contract in several files', () => {
  it('is the folder, and a place is in the file that it was written in', async () => {
    const folder = join(temporaryFolder(), 'shop');
    mkdirSync(join(folder, 'types'), { recursive: true });
    writeFileSync(join(folder, 'query.graphql'), 'type Query {\n  book: Book\n}\n');
    writeFileSync(join(folder, 'mutation.gql'), 'extend type Query {\n  more: [Book!]\n}\n');
    writeFileSync(join(folder, 'types', 'book.graphql'), '\ntype Book { id: ID! }');
    const resolution = resolveSpec(folder, folder);
    if (resolution.kind !== 'resolved') throw new Error('not resolved');
    expect(resolution.resolved.file).toBe(folder);
    const loaded = await loadSpec(resolution.resolved.file);
    if (loaded.kind !== 'spec') throw new Error(JSON.stringify(loaded.findings));
    expect(loaded.spec.name).toBe('shop');
    expect(loaded.spec.locate('#/Book/id')).toEqual({
      file: join(folder, 'types', 'book.graphql'),
      line: 2,
      column: 13,
    });
    expect(loaded.spec.locate('#/Query/more')).toEqual({ file: join(folder, 'mutation.gql'), line: 2, column: 3 });
  });

  it('is one file where there is one, by the name of its folder', async () => {
    const folder = join(temporaryFolder(), 'specs', 'library');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'schema.graphql'), 'type Query { a: Int }');
    const resolution = resolveSpec('library', join(folder, '..', '..'));
    expect(resolution.kind === 'resolved' ? resolution.resolved.file : '').toBe(join(folder, 'schema.graphql'));
    const loaded = await loadSpec(join(folder, 'schema.graphql'));
    expect(loaded.kind === 'spec' ? loaded.spec.name : '').toBe('library');
  });
});
