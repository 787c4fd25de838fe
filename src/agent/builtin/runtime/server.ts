/** Text of the emitted `server.js`: HTTP in, HTTP out; knows nothing of the contract but its data. */
export const SERVER_JS = String.raw`'use strict';
// The HTTP side: finds the operation, reads the request, writes the answer.
const http = require('node:http');
const { basePath, operations } = require('./contract.js');
const { perform, refuseUndocumented } = require('./perform.js');
const { readBody, readParameters } = require('./request.js');

const LARGEST_BODY = 8 * 1024 * 1024;

const routes = Object.entries(operations)
  .map(([name, operation]) => ({ name, operation, pattern: patternOf(basePath + operation.path), fixed: fixedLength(operation.path) }))
  .sort((a, b) => b.fixed - a.fixed);

/** A path template as a regular expression with one group per parameter. */
function patternOf(path) {
  const parts = path.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&'));
  return new RegExp('^' + parts.join('([^/]+?)') + '/?$');
}

/** Characters that a path fixes: the more, the more specific. */
function fixedLength(path) {
  return path.replace(/\{[^}]*\}/g, '').length;
}

function findRoute(method, path) {
  const allowed = new Set();
  for (const { name, operation, pattern } of routes) {
    const match = pattern.exec(path);
    if (match === null) continue;
    if (operation.method === method) return { name, operation, values: match.slice(1) };
    allowed.add(operation.method);
  }
  return { allowed: [...allowed] };
}

function answer(method, url, headers, raw) {
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const route = findRoute(method, path);
  if (route.operation === undefined) {
    const isKnown = route.allowed.length > 0;
    const refused = refuseUndocumented(isKnown ? 405 : 404, isKnown ? method + ' is not allowed here' : 'there is nothing here');
    return isKnown ? { ...refused, headers: { ...refused.headers, allow: route.allowed.join(', ') } } : refused;
  }
  const { name, operation, values } = route;
  const request = readParameters(operation, values, cut < 0 ? '' : url.slice(cut + 1), headers);
  Object.assign(request, readBody(operation, headers['content-type'], raw));
  return perform(name, request);
}

function send(res, { status, headers, body }) {
  const type = headers['content-type'] ?? 'application/json';
  const isText = typeof body === 'string' && !/json/.test(type);
  const text = body === undefined || status === 204 || status === 304 ? '' : isText ? body : JSON.stringify(body);
  const sent = { ...headers, 'content-length': Buffer.byteLength(text) };
  if (body === undefined) delete sent['content-type'];
  if (status === 204 || status === 304) delete sent['content-length'];
  res.writeHead(status, sent);
  res.end(text);
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
      if (size > LARGEST_BODY) return send(res, { status: 413, headers: {}, body: { message: 'the body is too large' } });
      send(res, answer(req.method, req.url, req.headers, Buffer.concat(chunks)));
    } catch (error) {
      console.error(error);
      send(res, { status: 500, headers: {}, body: { message: 'the service failed' } });
    }
  });
  req.on('error', () => res.destroy());
});

server.keepAliveTimeout = 30_000;
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
`;
