import { describe, expect, it } from '@jest/globals';
import { fuzzFraming } from '../test/framing-fuzz.ts';
import { nodeParser } from '../test/node-parser.ts';
import { RequestFramer } from './request-framer.ts';

const request = (line: string, fields: readonly string[] = [], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: a', ...fields, '', body].join('\r\n');
const sized = (line: string, body: string): string => request(line, [`Content-Length: ${body.length}`], body);
const chunked = (line: string, coded: string): string => request(line, ['Transfer-Encoding: chunked'], coded);

interface Given {
  readonly upgrades?: boolean;
  readonly maxHead?: number;
}

/** What becomes of pieces of a connection: the reads the parser gets, what it makes of them, and the framer's account. */
function framed(pieces: readonly string[], { upgrades = false, maxHead = 1024 }: Given = {}) {
  const reads: string[] = [];
  const parser = nodeParser(upgrades);
  const framer = new RequestFramer({
    maxHead,
    upgrades: () => upgrades,
    deliver: (bytes) => {
      reads.push(bytes.toString('latin1'));
      parser.read(bytes);
    },
  });
  for (const piece of pieces) framer.push(Buffer.from(piece, 'latin1'));
  framer.finish();
  parser.close();
  const { requests, bodyBytes, refusal } = framer;
  return { reads, text: reads.join(''), requests, bodyBytes, refusal, parser };
}

const VERBS = [
  ['LIST', 'LOCK'],
  ['CALL', 'COPY'],
  ['CREATE', 'REBIND'],
  ['UPDATE', 'UNBIND'],
  ['DESCRIBE', 'CHECKOUT'],
  ['GET', 'GET'],
  ['DELETE', 'DELETE'],
  ['OPTIONS', 'OPTIONS'],
] as const;

describe('methods', () => {
  it.each(VERBS)('%s goes on as %s, in lower case too', (verb, method) => {
    const rest = request(' /api/v1/Site/Site:a%20b:(get%28x%29)', ['X-Verb: LIST']);
    for (const token of [verb, verb.toLowerCase(), verb[0] + verb.slice(1).toLowerCase()]) {
      const { text, requests, parser } = framed([token + rest]);
      expect(text).toBe(method + rest);
      expect([requests, parser.requests]).toEqual([1, [{ method, body: '' }]]);
    }
  });

  it.each(['POST', 'PUT', 'PATCH', 'HEAD', 'TRACE', 'PROPFIND', 'UNLOCK', 'M-SEARCH'])(
    '%s goes on as it is',
    (method) => {
      expect(framed([request(`${method} /`)]).text).toBe(request(`${method} /`));
    },
  );

  it.each([
    'FOO',
    'foo',
    'LOCK',
    'COPY',
    'REBIND',
    'UNBIND',
    'CHECKOUT',
    'lock',
    'post',
    'CONNECT',
    'PRI',
    'PLAY',
    "X'~!",
  ])('%s is no verb', (method) => {
    const { text, refusal } = framed([`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`]);
    expect(refusal).toBe(`Invalid Verb (HTTP Method) "${method.toUpperCase()}"`);
    expect(text).toBe('\0');
  });

  it('sends the very bytes on, uncopied, with only the method changed', () => {
    const input = Buffer.from(sized('UPDATE /', '{}'));
    const delivered: Buffer[] = [];
    new RequestFramer({ maxHead: 1024, upgrades: () => false, deliver: (bytes) => delivered.push(bytes) }).push(input);
    expect(delivered).toHaveLength(1);
    expect(delivered[0]).toBe(input);
  });

  it('holds an unfinished method back, and nothing else', () => {
    expect(framed(['\r', '\nDES', 'CRI', 'BE', ' ', '/a HT', 'TP/1.1\r\nHost', ': a\r\n\r\nGE', 'T /b']).reads).toEqual(
      ['\r', '\n', 'CHECKOUT', ' ', '/a HT', 'TP/1.1\r\nHost', ': a\r\n\r\n', 'GET', ' /b'],
    );
  });

  it('lets an unfinished method go when the connection ends', () => {
    const { reads, parser } = framed([request('GET /'), 'LI']);
    expect(reads).toEqual([request('GET /'), 'LI']);
    expect(parser.requests).toHaveLength(1);
  });
});

describe('messages', () => {
  /** Requests with bodies that look like requests; the method and body the parser reads. */
  const PIPELINE = [
    [request('LIST /1'), 'LOCK', ''],
    [
      sized('CREATE /2', 'LIST /decoy HTTP/1.1\r\nHost: a\r\n\r\n'),
      'REBIND',
      'LIST /decoy HTTP/1.1\r\nHost: a\r\n\r\n',
    ],
    [`\r\n${request('UPDATE /3', ['content-length:\t 4 '], 'LOCK')}`, 'UNBIND', 'LOCK'],
    [chunked('call /4', '8\r\nCALL / H\r\n002;ext="a;b"\r\n{}\r\n0\r\n\r\n'), 'COPY', 'CALL / H{}'],
    [
      chunked('DESCRIBE /5', '7\r\n\r\n0\r\n\r\n\r\n000\r\nX-Sum: LIST / HTTP/1.1\r\n\r\n'),
      'CHECKOUT',
      '\r\n0\r\n\r\n',
    ],
    ['POST /6 HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n', 'POST', ''],
    [request('GET /7', ['Connection: keep-alive, Upgrade', 'Upgrade: h2c']), 'GET', ''],
    [request('CALL /8', ['Expect: 100-continue', 'Content-Length: 2', 'X:'], '\0\n'), 'COPY', '\0\n'],
  ] as const;
  const text = PIPELINE.map(([bytes]) => bytes).join('');
  const expected = PIPELINE.map(([, method, body]) => ({ method, body }));

  const check = (pieces: readonly string[]): void => {
    const { requests, bodyBytes, refusal, parser } = framed(pieces);
    expect(refusal).toBeUndefined();
    expect(parser.requests).toEqual(expected);
    expect(requests).toBe(expected.length);
    expect(bodyBytes).toBe(expected.reduce((sum, { body }) => sum + body.length, 0));
  };

  it('are told apart in one read', () => check([text]));

  it('are told apart byte by byte', () => check(text.split('')));

  it('are told apart when cut in two anywhere', () => {
    for (let cut = 1; cut < text.length; cut++) check([text.slice(0, cut), text.slice(cut)]);
  });

  it('end the read when nobody accepts their upgrade, because the parser drops what follows in it', () => {
    const upgrade = ['Connection: upgrade', 'Upgrade: h2c'];
    const second = request('POST /2', [...upgrade, 'Content-Length: 2'], 'ab');
    const { reads, parser } = framed([request('GET /1', upgrade) + second + request('GET /3')]);
    expect(reads).toEqual([request('GET /1', upgrade), second, request('GET /3')]);
    expect(parser.requests).toHaveLength(3);
  });

  it('give way to another protocol when somebody accepts it', () => {
    const upgrade = request('GET /', ['Connection: Upgrade', 'Upgrade: websocket']);
    const { text, requests } = framed([`${upgrade}LIST `, 'LIST / HTTP/9\0\r\r'], { upgrades: true });
    expect(text).toBe(`${upgrade}LIST LIST / HTTP/9\0\r\r`);
    expect(requests).toBe(1);
  });
});

describe('doubt', () => {
  const MALFORMED: readonly (readonly [what: string, text: string, upgrades?: boolean])[] = [
    ['a byte before the method', '\0GET / HTTP/1.1\r\n\r\n'],
    ['a space before the method', ` ${request('GET /')}`],
    ['no method', ' / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an endless method', 'A'.repeat(200)],
    ['a tab behind the method', request('GET\t/')],
    ['two spaces behind the method', request('GET  /')],
    ['a space in the target', request('GET /a b')],
    ['no version', 'GET /\r\n\r\n'],
    ['no version and a bare line feed', 'GET /\n\r\n'],
    ['an unknown version', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'],
    ['HTTP/2', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'],
    ['a lower-case version', 'GET / http/1.1\r\nHost: a\r\n\r\n'],
    ['another protocol', 'SOURCE / ICE/1.0\r\nHost: a\r\n\r\n'],
    ['a request line ending in a bare line feed', 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
    ['a request line ending in a bare carriage return', 'GET / HTTP/1.1\rHost: a\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two hosts', request('GET /', ['host: b'])],
    ['a field without a colon', request('GET /', ['Host'])],
    ['a field without a name', request('GET /', [': a'])],
    ['white space before the colon', request('GET /', ['Content-Length : 5'])],
    ['a space in a field name', request('GET /', ['Content Length: 5'])],
    ['NUL in a field name', request('GET /', ['X\0: 5'])],
    ['NUL in a field', request('GET /', ['X: a\0b'])],
    ['a control character in a field', request('GET /', ['X: a\x1bb'])],
    ['a bare carriage return in a field', request('GET /', ['X: a\rContent-Length: 5'])],
    ['a bare line feed in a field', request('GET /', ['X: a\nContent-Length: 5'])],
    ['a field folded by a space', request('GET /', ['X: a', ' b'])],
    ['a field folded by a tab', request('GET /', ['X:', '\tchunked'])],
    ['a folded first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'],
    ['an empty length', request('POST /', ['Content-Length:'])],
    ['a signed length', request('POST /', ['Content-Length: +5'], 'abcde')],
    ['a negative length', request('POST /', ['Content-Length: -5'], 'abcde')],
    ['a hexadecimal length', request('POST /', ['Content-Length: 0x5'], 'abcde')],
    ['a length with a fraction', request('POST /', ['Content-Length: 5.0'], 'abcde')],
    ['a length list', request('POST /', ['Content-Length: 5, 5'], 'abcde')],
    ['a length with a gap', request('POST /', ['Content-Length: 5 5'], 'abcde')],
    ['a length beyond counting', request('POST /', ['Content-Length: 18446744073709551621'], 'abcde')],
    ['two lengths', request('POST /', ['Content-Length: 5', 'Content-Length: 6'], 'abcde')],
    ['the same length twice', request('POST /', ['Content-Length: 5', 'Content-Length: 5'], 'abcde')],
    ['length before encoding', request('POST /', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
    ['encoding before length', request('POST /', ['Transfer-Encoding: chunked', 'Content-Length: 5'], '0\r\n\r\n')],
    ['an empty encoding', request('POST /', ['Transfer-Encoding:'])],
    ['the identity encoding', request('POST /', ['Transfer-Encoding: identity'])],
    ['an encoding list', request('POST /', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n')],
    ['chunked and more', request('POST /', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n')],
    ['chunked with a parameter', request('POST /', ['Transfer-Encoding: chunked;q=1'], '0\r\n\r\n')],
    ['chunked in quotes', request('POST /', ['Transfer-Encoding: "chunked"'], '0\r\n\r\n')],
    ['chunked twice', request('POST /', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], '0\r\n\r\n')],
    ['an encoding in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a half-named upgrade', request('GET /', ['Connection: upgrade now', 'Upgrade: h2c'])],
    [
      'an accepted upgrade with a body',
      request('GET /', ['Connection: upgrade', 'Upgrade: x', 'Content-Length: 1']),
      true,
    ],
    [
      'an accepted upgrade with chunks',
      request('GET /', ['Proxy-Connection: upgrade', 'Upgrade: x', 'Transfer-Encoding: chunked']),
      true,
    ],
    ['no chunk size', chunked('POST /', '\r\n\r\n')],
    ['a chunk size that is none', chunked('POST /', 'g\r\n')],
    ['a signed chunk size', chunked('POST /', '+1\r\na\r\n0\r\n\r\n')],
    ['a chunk size with a prefix', chunked('POST /', '0x1\r\na\r\n0\r\n\r\n')],
    ['a chunk size beyond counting', chunked('POST /', '10000000000000001\r\na\r\n0\r\n\r\n')],
    ['a space before a chunk size', chunked('POST /', ' 1\r\na\r\n0\r\n\r\n')],
    ['a space behind a chunk size', chunked('POST /', '1 \r\na\r\n0\r\n\r\n')],
    ['a chunk size ending in a bare line feed', chunked('POST /', '1\na\r\n0\r\n\r\n')],
    ['a chunk size ending in a bare carriage return', chunked('POST /', '1\ra\r\n0\r\n\r\n')],
    ['a bare line feed in a chunk extension', chunked('POST /', '1;a\nb\r\na\r\n0\r\n\r\n')],
    ['an empty chunk extension', chunked('POST /', '1;\r\na\r\n0\r\n\r\n')],
    ['an overlong chunk extension', chunked('POST /', `1;${'a'.repeat(300)}\r\na\r\n0\r\n\r\n`)],
    ['an endless chunk size', chunked('POST /', '0'.repeat(300))],
    ['a chunk longer than its size', chunked('POST /', '1\r\nab\r\n0\r\n\r\n')],
    ['a chunk shorter than its size', chunked('POST /', '3\r\na\r\n0\r\n\r\n')],
    ['a chunk ending in a bare line feed', chunked('POST /', '1\r\na\n0\r\n\r\n')],
    ['a malformed trailer', chunked('POST /', '0\r\nX : 1\r\n\r\n')],
    ['a folded trailer', chunked('POST /', '0\r\nX: 1\r\n b\r\n\r\n')],
    ['a length in a trailer', chunked('POST /', '0\r\nContent-Length: 5\r\n\r\n')],
    ['an encoding in a trailer', chunked('POST /', '0\r\nTransfer-Encoding: chunked\r\n\r\n')],
    ['a trailer ending in a bare line feed', chunked('POST /', '0\r\nX: 1\n\r\n')],
    ['an overlong head', request('GET /', [`X: ${'a'.repeat(1024)}`])],
    ['an endless head', `GET /${'a'.repeat(2000)}`],
    ['overlong trailers', chunked('POST /', `0\r\nX: ${'a'.repeat(1024)}\r\n\r\n`)],
    ['an endless trailer', chunked('POST /', `0\r\nX: ${'a'.repeat(2000)}`)],
  ];

  it.each(MALFORMED.map(([what, text, upgrades = false]) => ({ what, text, upgrades })))(
    'refuses $what',
    ({ text, upgrades }) => {
      const before = request('GET /before');
      const following = request('GET /following');
      for (const pieces of [[before + text + following], (before + text + following).split('')]) {
        const { text: sent, refusal, requests, parser } = framed(pieces, { upgrades });
        expect(refusal).toBeDefined();
        expect(sent.endsWith('\0')).toBe(true);
        expect(parser.failed).toBe(true);
        expect(parser.requests[0]).toEqual({ method: 'GET', body: '' });
        expect(parser.requests.length).toBeLessThanOrEqual(requests);
        expect(requests).toBeLessThanOrEqual(2);
      }
    },
  );

  it('names what it refuses', () => {
    expect(framed([request('POST /', ['Content-Length: x'])]).refusal).toBe('Malformed Content-Length');
    expect(framed([request(`GET /${'a'.repeat(1024)}`)]).refusal).toBe('Request head of more than 1024 bytes');
  });

  it('takes nothing more once it has refused', () => {
    expect(framed([' ', request('GET /')]).reads).toEqual(['\0']);
  });
});

describe('beside the parser', () => {
  it('agrees with it on every request and body of random connections, cut at random', () => {
    const { disagreements, inputs, clean, requests } = fuzzFraming(1, 4000);
    expect(disagreements).toEqual([]);
    expect(inputs).toBe(4000);
    expect(clean).toBeGreaterThan(1500);
    expect(requests).toBeGreaterThan(4000);
  });
});
