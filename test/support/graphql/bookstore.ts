/** The bookstore as a schema of graphql-js; the environment variable BUG plants one fault. Run alone it serves HTTP. */
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  GraphQLError,
  type GraphQLArgument,
  type GraphQLFieldResolver,
  type GraphQLScalarType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';

interface Author {
  kind: 'Author';
  id: string;
  name: string;
}

interface Review {
  id: string;
  stars: number;
  text: string | null;
}

interface Book {
  kind: 'Book';
  id: string;
  title: string;
  pages: number;
  price: number;
  genre: string | null;
  isbn: string | null;
  stock: number;
  tags: string[];
  addedAt: string;
  authorId: string;
  reviews: Review[];
}

type Args = Record<string, unknown>;

const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function isDateTime(text: string): boolean {
  if (!DATE_TIME.test(text) || Number.isNaN(Date.parse(text.toUpperCase().replace(/:60/, ':59')))) return false;
  // `Date.parse` lets the thirtieth of February through.
  const [year, month, day] = text.slice(0, 10).split('-').map(Number);
  return (day ?? 0) <= new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
}

/** Makes the schema with an empty store of its own. */
export function makeSchema(bug = ''): GraphQLSchema {
  const text = readFileSync(new URL('bookstore.graphql', import.meta.url), 'utf8');
  // The directives are there for the verifier; graphql-js need not know them.
  const served = bug === 'served-without-field' ? text.replace('  isbn: String\n', '') : text;
  const other = bug === 'served-otherwise' ? served.replace('  rating: Float\n', '  rating: Int\n') : served;
  const more = bug === 'served-more' ? other.replace('  rating: Float\n', '  rating: Float\n  shelf: String\n') : other;
  const schema = buildSchema(bug === 'enum-value-unknown' ? more.replace('  SCIENCE\n', '') : more, {
    assumeValidSDL: true,
  });

  const authors: Author[] = [];
  const books: Book[] = [];
  let lastId = 0;
  let reads = 0;
  const nextId = (kind: string): string => `${kind}-${++lastId}`;
  const fail = (message: string, code: string): never => {
    throw new GraphQLError(message, { extensions: { code } });
  };
  const bookOf = (id: unknown): Book =>
    books.find((one) => one.id === id) ?? fail(`no book ${String(id)}`, 'NOT_FOUND');

  const resolvers: Record<string, Record<string, (source: never, args: Args) => unknown>> = {
    Query: {
      book: (_, { id }) => {
        if (bug === 'query-changes-stock') reads++;
        const found = books.find((one) => one.id === id);
        if (bug === 'query-changes-stock' && found !== undefined && reads % 2 === 0) found.stock++;
        if (bug === 'missing-is-error' && found === undefined) throw new Error('boom');
        return found;
      },
      bookBy: (_, { key }) => {
        const { id, title } = key as { id?: string; title?: string };
        if (bug === 'one-of-crash' && title !== undefined) throw new Error('title is not supported');
        return books.find((one) => one.id === id || one.title === title);
      },
      books: (_, { filter }) => {
        const listed = bug === 'list-misses-last' ? books.slice(0, -1) : books;
        return listed.filter((one) => matches(one, (filter ?? {}) as Filter, bug));
      },
      booksPage: (_, { first, after }) => {
        const size = bug === 'page-too-long' ? Number(first) + 1 : Number(first);
        const cursor = typeof after === 'string' ? after : null;
        const known = cursor === null ? -1 : books.findIndex((one) => one.id === cursor);
        const start = bug === 'pages-overlap' && cursor !== null ? known : known + 1;
        const shown = books.slice(start, start + size);
        const rest = books.length - start - shown.length;
        const hasNextPage = bug === 'pages-end-early' ? rest > 1 : rest > 0;
        const totalCount = bug === 'count-of-page' ? shown.length : books.length;
        return {
          edges: shown.map((node) => ({ node, cursor: node.id })),
          pageInfo: { hasNextPage, endCursor: shown.at(-1)?.id },
          totalCount,
        };
      },
      author: (_, { id }) => authors.find((one) => one.id === id),
      authors: (_, { limit, offset }) => {
        const start = bug === 'offset-ignored' ? 0 : Number(offset ?? 0);
        return authors.slice(start, start + Number(limit ?? 100));
      },
      node: (_, { id }) => {
        if (bug === 'node-forgets-authors') return books.find((one) => one.id === id);
        return books.find((one) => one.id === id) ?? authors.find((one) => one.id === id);
      },
      search: (_, { text }) => {
        const wanted = String(text).toLowerCase();
        if (bug === 'search-crashes' && /[()[\]*+?]/.test(wanted)) throw new Error('Invalid regular expression');
        return [
          ...books.filter((one) => one.title.toLowerCase().includes(wanted)),
          ...authors.filter((one) => one.name.toLowerCase().includes(wanted)),
        ];
      },
    },
    Mutation: {
      addAuthor: (_, { input }) => {
        const { name } = input as { name: string };
        if (bug === 'unicode-crash' && /[^\u0020-\u007E]/.test(name)) throw new Error('cannot encode');
        const author: Author = { kind: 'Author', id: nextId('a'), name };
        if (bug !== 'author-not-kept') authors.push(author);
        return author;
      },
      addBook: (_, { input }) => {
        const given = input as Omit<Book, 'kind' | 'id' | 'reviews'>;
        if (!authors.some((one) => one.id === given.authorId)) fail('no such author', 'NOT_FOUND');
        const book: Book = {
          kind: 'Book',
          id: nextId('b'),
          title: bug === 'title-trimmed' ? given.title.slice(0, 20) : given.title,
          pages: given.pages,
          price: bug === 'price-rounded' ? Math.round(given.price) : given.price,
          genre: given.genre ?? (bug === 'genre-default' ? 'FICTION' : null),
          isbn: given.isbn ?? null,
          stock: given.stock ?? 0,
          tags: given.tags ?? [],
          addedAt: given.addedAt ?? '2026-01-01T00:00:00Z',
          authorId: given.authorId,
          reviews: [],
        };
        books.push(book);
        if (bug === 'added-twice') books.push({ ...book, id: nextId('b') });
        if (bug === 'tags-not-kept') {
          books[books.length - 1] = { ...book, tags: [] };
          return book;
        }
        return book;
      },
      updateBook: (_, { id, change }) => {
        const book = bookOf(id);
        const said = Object.fromEntries(Object.entries(change as object).filter(([, value]) => value !== null));
        const cleared = (change as { genre?: string | null }).genre === null ? { genre: null } : {};
        const made: Book = { ...book, ...said, ...cleared };
        if (bug === 'update-clears-genre' && !('genre' in (change as object))) made.genre = null;
        if (bug !== 'update-not-kept') books[books.indexOf(book)] = made;
        return made;
      },
      deleteBook: (_, { id }) => {
        const book = bookOf(id);
        if (bug !== 'delete-keeps') books.splice(books.indexOf(book), 1);
        return true;
      },
      buyBook: (_, { id, copies }) => {
        const book = bookOf(id);
        const wanted = Number(copies);
        if (wanted > book.stock && bug !== 'oversells')
          fail('not enough copies', bug === 'undocumented-code' ? 'NO_STOCK' : 'OUT_OF_STOCK');
        if (bug !== 'stock-stays') book.stock -= wanted;
        const total = bug === 'bulk-is-free' && wanted >= 10 ? 0 : book.price * wanted;
        return { id: nextId('o'), copies: wanted, total, book };
      },
      addReview: (_, { bookId, stars, text }) => {
        const review: Review = {
          id: nextId('r'),
          stars: Number(stars),
          text: (text as string | null | undefined) ?? null,
        };
        bookOf(bookId).reviews.push(review);
        return review;
      },
    },
    Author: {
      books: (author: Author) => (bug === 'books-of-all' ? books : books.filter((one) => one.authorId === author.id)),
    },
    Book: {
      author: (book: Book) => {
        if (bug === 'nested-null') return book.pages > 2500 ? null : authors.find((one) => one.id === book.authorId);
        return authors.find((one) => one.id === book.authorId);
      },
      rating: (book: Book) =>
        book.reviews.length === 0 && bug !== 'rating-of-none'
          ? null
          : book.reviews.reduce((sum, one) => sum + one.stars, 0) / book.reviews.length,
      reviews: (book: Book, { first, best }) => {
        const all = best === true ? book.reviews.toSorted((a, b) => b.stars - a.stars) : book.reviews;
        return bug === 'first-ignored' ? all : all.slice(0, Number(first ?? 10));
      },
      stock: (book: Book) => (bug === 'stock-negative' && book.stock === 0 ? -1 : book.stock),
      ...(bug === 'pages-overflow' ? { pages: (book: Book) => (book.pages > 4000 ? 2 ** 31 : book.pages) } : {}),
    },
  };

  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) continue;
    for (const [name, resolve] of Object.entries(fields)) {
      const field = type.getFields()[name];
      if (field === undefined) continue;
      const checked: GraphQLFieldResolver<never, unknown, Args> = (source, args) => {
        for (const argument of field.args) check(args[argument.name], argument, bug, fail);
        return resolve(source, args);
      };
      field.resolve = checked as typeof field.resolve;
    }
  }
  const kindOf = (value: unknown): string => (value as { kind: string }).kind;
  for (const name of ['Node', 'Found']) {
    const type = schema.getType(name);
    if (type !== undefined && 'resolveType' in type)
      type.resolveType = (value) => (bug === 'always-book' ? 'Book' : kindOf(value));
  }
  const dateTime = schema.getType('DateTime') as GraphQLScalarType;
  const parse = (value: unknown): unknown =>
    bug === 'dates-unchecked' || (typeof value === 'string' && isDateTime(value))
      ? value
      : fail(`not a date and time: ${String(value)}`, 'BAD_USER_INPUT');
  dateTime.coerceInputValue = parse;
  dateTime.coerceInputLiteral = (node) => parse(valueFromASTUntyped(node));
  dateTime.coerceOutputValue = (value) => (bug === 'date-without-zone' ? String(value).slice(0, 19) : value);
  return schema;
}

interface Filter {
  genre?: string | null;
  minPages?: number | null;
  all?: Filter[] | null;
}

function matches(book: Book, { genre, minPages, all }: Filter, bug: string): boolean {
  if (genre !== undefined && genre !== null && bug !== 'genre-ignored' && book.genre !== genre) return false;
  const least = minPages ?? -Infinity;
  if (bug === 'filter-off-by-one' ? book.pages < least - 1 : book.pages < least) return false;
  return (all ?? []).every((one) => matches(book, one, bug));
}

type Checked = Pick<GraphQLArgument, 'name' | 'type' | 'astNode'>;

/** What `@constraint` says, enforced by hand. */
function check(value: unknown, part: Checked, bug: string, fail: (message: string, code: string) => never): void {
  if (value === undefined || value === null) return;
  const rules: Record<string, unknown> = {};
  for (const directive of part.astNode?.directives ?? [])
    if (directive.name.value === 'constraint')
      for (const argument of directive.arguments ?? [])
        rules[argument.name.value] = valueFromASTUntyped(argument.value);
  const bad = (rule: string, broken: boolean): void => {
    if (broken && bug !== `unchecked-${part.name}-${rule}`) fail(`${part.name}: ${rule}`, 'BAD_USER_INPUT');
  };
  const { min, max, minLength, maxLength, pattern, maxItems } = rules;
  if (typeof value === 'number') {
    bad('min', typeof min === 'number' && value < min);
    bad('max', typeof max === 'number' && value > max);
  }
  if (typeof value === 'string') {
    bad('minLength', typeof minLength === 'number' && [...value].length < minLength);
    bad('maxLength', typeof maxLength === 'number' && [...value].length > maxLength);
    bad('pattern', typeof pattern === 'string' && !new RegExp(pattern).test(value));
  }
  if (Array.isArray(value)) bad('maxItems', typeof maxItems === 'number' && value.length > maxItems);
  const type = getNullableType(part.type);
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) check((value as Args)[field.name], field, bug, fail);
  if (isListType(type) && isInputObjectType(getNullableType(type.ofType)))
    for (const item of value as unknown[])
      check(item, { name: part.name, type: type.ofType, astNode: null }, bug, fail);
}

/** What a module subject exports. */
export const schema = makeSchema(process.env['BUG']);
