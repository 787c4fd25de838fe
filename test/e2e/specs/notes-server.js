// A correct service for notes.yaml, as short as it can be.
import { createServer } from 'node:http';

const notes = [];

createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const no = (status, message) => answer(status, { message });
  const { pathname } = new URL(request.url, 'http://localhost');
  const id = /^\/notes\/([^/]+)$/.exec(pathname)?.[1];
  if (request.method === 'GET' && id !== undefined) {
    if (!/^[1-9]\d*$/.test(id)) return no(400, 'a note has a number');
    const note = notes[Number(id) - 1];
    return note === undefined ? no(404, 'there is no such note') : answer(200, note);
  }
  if (request.method !== 'POST' || pathname !== '/notes') return no(404, 'nothing is here');
  const note = await bodyOf(request);
  if (note === null) return no(400, 'a note has a text of 1 to 80 characters and nothing else');
  notes.push({ id: notes.length + 1, text: note.text });
  answer(201, notes.at(-1));
}).listen(Number(process.env.PORT), '127.0.0.1');

async function bodyOf(request) {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return null;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const { text, ...rest } = body;
    if (Array.isArray(body) || Object.keys(rest).length > 0 || typeof text !== 'string') return null;
    const length = [...text].length;
    return length >= 1 && length <= 80 ? { text } : null;
  } catch {
    return null;
  }
}
