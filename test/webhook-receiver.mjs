// A receiver of webhooks in a process of its own: it verifies what it gets, answers as its file of orders says, and writes
// down what it got. Arguments: port, file of orders, file of what it got, port for requests with verbs that Node refuses.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createNetServer } from 'node:net';

const [port, ordersFile, gotFile, rawPort] = process.argv.slice(2);

/** `{ "keys": { "/path": "whsec_…" }, "status": { "/path": 500 }, "fail": { "object": 500 }, "delayMs": { "/path": 100 } }` */
let orders = {};
let readAt = 0;
function ordersNow() {
  if (Date.now() - readAt > 20) {
    orders = JSON.parse(readFileSync(ordersFile, 'utf8'));
    readAt = Date.now();
  }
  return orders;
}

function isGenuine(key, headers, body) {
  if (key === undefined) return null;
  const bytes = Buffer.from(key.slice('whsec_'.length), 'base64');
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures = '' } = headers;
  if (Math.abs(Date.now() / 1000 - Number(time)) > 300) return false;
  const expected = Buffer.from(createHmac('sha256', bytes).update(`${id}.${time}.${body}`).digest('base64'));
  return signatures.split(' ').some((one) => {
    const given = Buffer.from(one.replace(/^v1,/, ''));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text) => (body += text));
  request.on('end', () => {
    const { keys = {}, status = {}, fail = {}, delayMs = {} } = ordersNow();
    const path = request.url;
    const event = JSON.parse(body);
    const object = event.object ? `${event.object.model} ${event.object.id}` : '';
    const answer = fail[object] ?? status[path] ?? 200;
    setTimeout(() => {
      const got = {
        path,
        method: request.method,
        id: request.headers['webhook-id'],
        kind: event.kind,
        object,
        position: event.position,
        genuine: isGenuine(keys[path], request.headers, body),
        answer,
        ...(path.startsWith('/box') ? { event, headers: request.headers } : {}),
        extra: request.headers['x-extra'],
      };
      appendFileSync(gotFile, `${JSON.stringify(got)}\n`);
      response.writeHead(answer, { Location: '/elsewhere' }).end();
    }, delayMs[path] ?? 0);
  });
});

/** Takes requests of any verb, one at a time, with a length. */
const raw = createNetServer((socket) => {
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    text += bytes;
    const [head, body] = text.split('\r\n\r\n');
    const [first, ...lines] = head.split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => line.split(': ')).map(([name, value]) => [name.toLowerCase(), value]),
    );
    if (body === undefined || body.length < Number(headers['content-length'])) return;
    const [method, path] = first.split(' ');
    text = '';
    appendFileSync(
      gotFile,
      `${JSON.stringify({ path, method, object: '', answer: 200, event: JSON.parse(body), headers })}\n`,
    );
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  });
});
server.listen(Number(port), '127.0.0.1', () =>
  raw.listen(Number(rawPort), '127.0.0.1', () => console.log('listening')),
);
