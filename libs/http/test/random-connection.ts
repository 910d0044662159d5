/** One connection's bytes, cut into reads. */
export interface RandomConnection {
  readonly pieces: readonly Buffer[];
  /** Whether the server it goes to accepts upgrades. */
  readonly upgrades: boolean;
  /** "VERB body" of each request; undefined when the bytes were spoiled. */
  readonly requests: readonly string[] | undefined;
}

const METHODS = ['GET', 'DELETE', 'OPTIONS', 'LIST', 'CALL', 'CREATE', 'UPDATE', 'DESCRIBE', 'POST', 'PUT', 'HEAD'];
const TARGETS = [
  '/api/v1/Site/Site',
  '/',
  '*',
  '/a%28b%29%3Ac%3A',
  '/api/v1/Site/Site:a:(getConfig)',
  'http://host/x?y=1',
];
const FIELDS = [
  'Accept: */*',
  'CInP-Version: 1.0',
  'X-Empty:',
  'Multi-Object: True',
  'Connection: keep-alive',
  'X-Utf: \xc3\xa4',
  'X-Forwarded: LIST / HTTP/1.1',
];
const BODIES = [
  '{}',
  '{"a":1}',
  'LIST /decoy HTTP/1.1\r\nHost: d\r\n\r\n',
  'LOCK /decoy HTTP/1.1\r\nHost: d\r\n\r\n',
  '0\r\n\r\nGET /decoy HTTP/1.1\r\nHost: d\r\n\r\n',
  '\r\n\r\n',
  '\0\0',
];
const DOUBTS = [
  'Content-Length: 5',
  'Content-Length: 0',
  'Content-Length: +5',
  'Content-Length: 5, 5',
  'Content-Length:',
  'Content-Length: 5 5',
  'Content-Length: 0x5',
  'Content-Length: 99999999999999999999',
  'Content-Length : 5',
  'content-length:\t5\t',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: chunked ',
  'Transfer-Encoding: chunked\t',
  'Transfer-Encoding:',
  'Transfer-Encoding: xchunked',
  'Transfer_Encoding: chunked',
  'Connection: close',
  'Connection: upgrade',
  'Connection: keep-alive, Upgrade',
  'Connection: upgrade x',
  'Connection: upgradex',
  'Proxy-Connection: upgrade',
  'Upgrade: h2c',
  'Upgrade:',
  'Expect: 100-continue',
  'Host: second',
  ' folded',
  '\tfolded',
  'No colon',
  'X: a\rb',
  'X: a\nb',
  'X: a\0b',
  'X\0: b',
  ': b',
];
const TOKENS = [
  '\r\n',
  '\r',
  '\n',
  '\r\n\r\n',
  '\0',
  ' ',
  ':',
  '0',
  'f',
  ';',
  ';a=b',
  ';a="b',
  ',',
  '\t',
  'LIST / HTTP/1.1',
  'HTTP/1.0',
  'PRI * HTTP/2.0',
  ...DOUBTS,
];

/** The connection of a seed: one to four requests, in two of three cases spoiled by misleading fields or changed bytes. */
export function randomConnection(seed: number): RandomConnection {
  const random = generator(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const chance = (share: number) => random() < share;

  const spoiled = chance(2 / 3);
  const misleading = spoiled && chance(0.6);
  const requests: string[] = [];

  const chunks = (body: string): string => {
    let text = '';
    let at = 0;
    while (at < body.length) {
      const part = body.slice(at, at + 1 + below(body.length - at));
      const extension = chance(0.2) ? pick([';a', ';a=b', ';a="b;c"']) : '';
      text += `${pick(['', '0', '000'])}${part.length.toString(16)}${extension}\r\n${part}\r\n`;
      at += part.length;
    }
    const trailers = chance(0.2) ? `${misleading ? pick(DOUBTS) : 'X-Trailer: 1'}\r\n` : '';
    return `${text}0\r\n${trailers}\r\n`;
  };

  const request = (): string => {
    const method = pick(METHODS);
    const fields = Array.from({ length: below(4) }, () => pick(FIELDS));
    fields.push('Host: a');
    let body = '';
    let sent = '';
    if (chance(0.6)) {
      body = pick(BODIES);
      const chunked = chance(0.5);
      fields.push(chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`);
      sent = chunked ? chunks(body) : body;
    }
    if (misleading) fields.push(...Array.from({ length: below(3) }, () => pick(DOUBTS)));
    fields.sort(() => random() - 0.5);
    requests.push(`${method} ${body}`);
    const token = chance(0.1) && /^[GDOLCU]/.test(method) ? method.toLowerCase() : method;
    const version = misleading && chance(0.1) ? 'HTTP/1.0' : 'HTTP/1.1';
    return `${token} ${pick(TARGETS)} ${version}\r\n${fields.join('\r\n')}\r\n\r\n${sent}${chance(0.05) ? '\r\n' : ''}`;
  };

  let text = Array.from({ length: 1 + below(4) }, request).join('');
  if (spoiled && !(misleading && chance(0.7))) {
    for (let change = 1 + below(3); change > 0; change--) text = mutated(text, below, pick);
  }
  return {
    pieces: cut(Buffer.from(text, 'latin1'), chance(0.1) ? () => 1 : () => 1 + below(pick([4, 40, 400]))),
    upgrades: chance(0.3),
    requests: spoiled ? undefined : requests,
  };
}

function mutated(text: string, below: (limit: number) => number, pick: <T>(from: readonly T[]) => T): string {
  const at = below(text.length + 1);
  const end = Math.min(text.length, at + 1 + below(8));
  switch (below(7)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(below(256)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(end);
    case 2:
      return text.slice(0, end) + text.slice(at);
    case 3:
      return text.slice(0, at) + pick(TOKENS) + text.slice(at);
    case 4:
      return exchanged(text, '\r\n', pick(['\n', '\r', '\n\r\n', '\r\r\n', ' \r\n']), at);
    case 5:
      return exchanged(
        text,
        ' HTTP/1.1',
        pick(['', ' ', ' HTTP/0.9', ' HTTP/2.0', ' HTTP/1.2', ' ICE/1.0', '  HTTP/1.1']),
        at,
      );
    default: {
      const line = text.indexOf('\r\n', at);
      return line < 0 ? text : `${text.slice(0, line)}\r\n${pick(TOKENS)}${text.slice(line)}`;
    }
  }
}

function exchanged(text: string, part: string, other: string, from: number): string {
  const at = text.indexOf(part, from);
  return at < 0 ? text : text.slice(0, at) + other + text.slice(at + part.length);
}

function cut(bytes: Buffer, length: () => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + length();
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** Uniform numbers in [0, 1), the same ones for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
