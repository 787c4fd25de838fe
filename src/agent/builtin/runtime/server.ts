/** Text of the emitted `server.js`: HTTP in, HTTP out; knows nothing of the contract but its data. */
export const SERVER_JS = String.raw`'use strict';
// The HTTP side: finds the operation, reads the request, writes the answer.
const http = require('node:http');
const { operations } = require('./contract.js');
const { perform, refuseUndocumented } = require('./perform.js');
const { readRequest } = require('./request.js');

const LARGEST_BODY = 8 * 1024 * 1024;

const routes = Object.entries(operations).map(([name, operation]) => ({ name, operation, pattern: new RegExp(operation.pattern) }));

function answer(method, url, headers, raw) {
  const [path] = url.split('?');
  const here = routes.filter(({ pattern }) => pattern.test(path));
  if (here.length === 0) return refuseUndocumented(404, 'there is nothing here');
  const route = here.find(({ operation }) => operation.method === method);
  if (route === undefined) {
    const refused = refuseUndocumented(405, method + ' is not allowed here');
    return { ...refused, headers: { ...refused.headers, allow: here.map(({ operation }) => operation.method).join(', ') } };
  }
  const { name, operation, pattern } = route;
  const [, ...values] = pattern.exec(path);
  return perform(name, readRequest(operation, values, new URLSearchParams(url.slice(path.length)), headers, raw));
}

function send(res, { status, headers, body }) {
  const isText = typeof body === 'string' && !/json/.test(headers['content-type'] ?? ''); //? other-answers
  const text = body === undefined ? '' : isText ? body : JSON.stringify(body); //? other-answers
  res.writeHead(status, headers).end(text); //? other-answers
  res.writeHead(status, headers).end(body === undefined ? '' : JSON.stringify(body)); //? empty-answers&!other-answers
  res.writeHead(status, headers).end(JSON.stringify(body)); //? !empty-answers&!other-answers
}

const server = http.createServer((req, res) => {
  const chunks = [];
  let size = 0;
  req.on('data', (chunk) => {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  });
  req.on('end', () => {
    try {
      if (size > LARGEST_BODY) return void res.writeHead(413).end();
      send(res, answer(req.method, req.url, req.headers, Buffer.concat(chunks)));
    } catch (error) {
      console.error(error);
      res.writeHead(500).end();
    }
  });
});

server.keepAliveTimeout = 30_000;
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
`;
