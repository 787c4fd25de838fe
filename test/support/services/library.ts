/** A correct library for `library.yaml`: nested resources, ids chosen by the client; BUG plants one bug. */
import { type Answer, bug, isInteger, isRecord, isText, type Request, serve } from './http.ts';

type Book = Record<string, unknown> & { isbn: string };

const shelves = new Map<string, { id: string; room: string; books: Map<string, Book> }>();
const settings = new Map<string, unknown>();
let last = 0;

const GENRES = ['novel', 'poem', 'essay'];

function refused(status: number, detail: string): Answer {
  return { status, body: { detail } };
}

const unknown = (): Answer => refused(404, 'unknown');
const invalid = (detail: string): Answer => refused(422, detail);

function isRating(value: unknown): boolean {
  if (value === null) return true;
  const step = bug === 'rating-any-step' ? true : typeof value === 'number' && Number.isInteger(value * 2);
  return typeof value === 'number' && value >= 0 && value <= 5 && step;
}

function problem(book: Record<string, unknown>, whole: boolean): string | undefined {
  const { title, genre, rating, isbn, firstPage, lastPage } = book;
  if ((whole || title !== undefined) && !isText(title, 1, 60)) return 'title';
  const known =
    bug === 'genre-any-case' ? GENRES.includes(String(genre).toLowerCase()) : GENRES.includes(genre as string);
  if ((whole || genre !== undefined) && !known) return 'genre';
  if (rating !== undefined && !isRating(rating)) return 'rating';
  if (!whole) return undefined;
  if (typeof isbn !== 'string' || !/^97[89][0-9]{10}$/.test(isbn)) return 'isbn';
  if (!isInteger(firstPage, 1, 400) || !isInteger(lastPage, 1, 400)) return 'pages';
  if (firstPage > lastPage && bug !== 'pages-not-checked') return 'page order';
  if (firstPage === lastPage && bug === 'one-page-refused') return 'page order';
  return undefined;
}

function addShelf({ body }: Request): Answer {
  if (!isRecord(body) || typeof body['room'] !== 'string' || !/^[A-Z][0-9]{2}$/.test(body['room']))
    return invalid('room');
  const id = `s${++last}`;
  shelves.set(id, { id, room: body['room'], books: new Map() });
  return { status: 201, headers: { location: `/v1/shelves/${id}` } };
}

function books(shelf: { books: Map<string, Book> }, request: Request): Answer {
  if (request.method === 'GET') {
    const genre = request.query.get('genre');
    if (genre !== null && !GENRES.includes(genre)) return invalid('genre');
    const ids = request.query.get('ids');
    const numbers = ids === null || ids === '' ? [] : ids.split(',');
    if (numbers.length > 3 || numbers.some((one) => !/^\d{1,2}$/.test(one))) return invalid('ids');
    const items = [...shelf.books.values()].filter(
      (book) => genre === null || bug === 'genre-ignored' || book['genre'] === genre,
    );
    if (bug === 'genre-incomplete' && genre !== null) items.shift();
    return { status: 200, body: { items, total: bug === 'total-of-all' ? shelf.books.size : items.length } };
  }
  if (request.method !== 'POST') return refused(405, 'method');
  const { body } = request;
  if (!isRecord(body)) return invalid('body');
  const reason = problem(body, true);
  if (reason !== undefined) return invalid(reason);
  const isbn = body['isbn'] as string;
  if (shelf.books.has(isbn) && bug !== 'isbn-again') return refused(409, 'isbn');
  const { title, genre, firstPage, lastPage, rating } = body;
  const book: Book = { isbn, title, genre, firstPage, lastPage, ...(rating === undefined ? {} : { rating }) };
  if (bug === 'isbn-again' && shelf.books.has(isbn)) shelf.books.set(`${isbn}-${shelf.books.size}`, book);
  else shelf.books.set(isbn, bug === 'rating-lost' ? { isbn, title, genre, firstPage, lastPage } : book);
  return { status: 201, body: book };
}

function book(shelf: { books: Map<string, Book> }, isbn: string, request: Request): Answer {
  const known = shelf.books.get(isbn);
  if (known === undefined) return bug === 'unknown-book-empty' ? { status: 200, body: {} } : unknown();
  if (request.method === 'GET') return { status: 200, body: known };
  if (request.method === 'DELETE') {
    if (bug !== 'delete-does-nothing') shelf.books.delete(isbn);
    return { status: 204 };
  }
  if (request.method !== 'PATCH') return refused(405, 'method');
  const { body } = request;
  if (!isRecord(body)) return invalid('body');
  const names = Object.keys(body);
  if (names.length === 0 && bug !== 'empty-change') return invalid('nothing to change');
  if (names.some((name) => !['title', 'genre', 'rating'].includes(name))) return invalid('unknown field');
  const reason = problem(body, false);
  if (reason !== undefined) return invalid(reason);
  const changed = { ...known, ...body };
  if (bug === 'change-loses-rating') delete changed['rating'];
  if (bug !== 'change-not-kept') shelf.books.set(isbn, changed);
  return { status: 200, body: bug === 'change-loses-rating' ? { ...changed, ...body } : changed };
}

function setting(key: string, request: Request): Answer {
  if (!['GET', 'PUT', 'DELETE'].includes(request.method) && bug !== 'deletes-by-any-method')
    return refused(405, 'method');
  if (!/^[a-z]{3,12}$/.test(key)) return invalid('key');
  if (request.method === 'PUT') {
    const value = isRecord(request.body) ? request.body['value'] : undefined;
    if (typeof value !== 'string' && !(typeof value === 'number' && Number.isInteger(value))) return invalid('value');
    settings.set(key, bug === 'setting-as-text' ? String(value) : value);
    return { status: 200, body: { key, value } };
  }
  if (!settings.has(key)) return unknown();
  if (request.method === 'GET') return { status: 200, body: { key, value: settings.get(key) } };
  if (bug !== 'setting-stays') settings.delete(key);
  return { status: 204 };
}

serve((request) => {
  if (request.malformed) return invalid('malformed');
  const [version, collection, id, sub, isbn, ...more] = request.path.split('/').slice(1).map(decodeURIComponent);
  if ((version !== 'v1' && bug !== 'any-version') || more.length > 0) return unknown();
  if (collection === 'settings' && id !== undefined && sub === undefined) return setting(id, request);
  if (collection !== 'shelves') return unknown();
  if (id === undefined) return request.method === 'POST' ? addShelf(request) : refused(405, 'method');
  const shelf = shelves.get(id);
  if (shelf === undefined)
    return bug === 'books-of-no-shelf' && sub === 'books' ? { status: 200, body: { items: [], total: 0 } } : unknown();
  if (sub === 'books') return isbn === undefined ? books(shelf, request) : book(shelf, isbn, request);
  if (sub !== undefined) return unknown();
  if (request.method === 'GET') return { status: 200, body: { id, room: shelf.room } };
  if (request.method !== 'DELETE') return refused(405, 'method');
  if (bug !== 'shelf-stays') shelves.delete(id);
  return { status: 204 };
});
