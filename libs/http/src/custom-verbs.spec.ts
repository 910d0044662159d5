import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerOptions } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { fastify } from 'fastify';
import {
  afterwards,
  answersIn,
  bodyOf,
  closeAll,
  connected,
  echo,
  last,
  listening,
  request,
  settled,
  sized,
  started,
  talk,
} from '../test/connections.ts';
import { acceptCustomVerbs, verbOf } from './custom-verbs.ts';
import { malformedAnswer } from './refused-connection.ts';

const VERBS = ['LIST', 'CALL', 'CREATE', 'UPDATE', 'DESCRIBE'];
const CLOSE = { Connection: 'close' };

jest.setTimeout(240_000);

afterEach(closeAll);

const refusal = (message: string): string => `400 ${malformedAnswer(message).text}`;

describe('verbs', () => {
  it('reach the handler as POST, one after another on one connection', async () => {
    const socket = await connected(await started());
    for (const verb of VERBS) {
      socket.write(sized(`${verb} /api/v1/Site/Site`, '{}'));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answersIn(answer.toString())).toEqual([`200 ${verb} POST /api/v1/Site/Site {}`]);
    }
  });

  it('leave other methods alone', async () => {
    const server = await started();
    for (const method of ['GET', 'DELETE', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'TRACE']) {
      expect(answersIn(await talk(server, last(`${method} /`)))).toEqual([`200 ${method} ${method} /`]);
    }
  });

  it('may be written in lower case', async () => {
    const answers = answersIn(await talk(await started(), request('describe /') + request('get /') + last('dElEtE /')));
    expect(answers).toEqual(['200 DESCRIBE POST /', '200 GET GET /', '200 DELETE DELETE /']);
  });

  it('keep percent-encoded targets and header fields as they are', async () => {
    const server = await started(({ url, rawHeaders }, response) => response.end(`${url} ${rawHeaders.join()}`));
    const text = await talk(
      server,
      request('CALL /Site%3Aa%20b%3A%28getConfig%29?x=%41', ['X-Verb: LIST', 'Connection: close']),
    );
    expect(text).toContain('/Site%3Aa%20b%3A%28getConfig%29?x=%41 Host,a,X-Verb,LIST,Connection,close');
  });

  it.each(['FOO', 'PROPFINE', 'LOCK', 'COPY', 'REBIND', 'UNBIND', 'CHECKOUT', 'CONNECT'])(
    'do not include %s',
    async (method) => {
      const body = malformedAnswer(`Invalid Verb (HTTP Method) "${method}"`).text ?? '';
      expect(await talk(await started(), `${method} /api/v1/Site/Site HTTP/1.1\r\nHost: a\r\n\r\n`)).toBe(
        [
          'HTTP/1.1 400 Bad Request',
          'Content-Type: application/problem+json',
          'Cache-Control: no-store',
          `Content-Length: ${body.length}`,
          'Connection: close',
          '',
          body,
        ].join('\r\n'),
      );
    },
  );
});

describe('requests', () => {
  const decoy = 'LIST /decoy HTTP/1.1\r\nHost: a\r\n\r\n';
  const chunks = '8\r\nLIST /de\r\n4;a=b\r\ncoy \r\n0\r\nX-Sum: 1\r\n\r\n';
  const pipeline = [
    request('LIST /1'),
    sized('CREATE /2', decoy),
    request('UPDATE /3', ['Transfer-Encoding: chunked'], chunks),
    sized('POST /4', '{}'),
    last('DESCRIBE /5'),
  ].join('');
  const answers = [
    '200 LIST POST /1',
    `200 CREATE POST /2 ${decoy}`.trim(),
    '200 UPDATE POST /3 LIST /decoy',
    '200 POST POST /4 {}',
    '200 DESCRIBE POST /5',
  ];

  it('are answered in turn when they come in one packet', async () => {
    expect(answersIn(await talk(await started(), pipeline))).toEqual(answers);
  });

  it('may come byte by byte', async () => {
    expect(answersIn(await talk(await started(), ...pipeline.split('')))).toEqual(answers);
  });

  it('may be cut anywhere', async () => {
    const server = await started();
    const cuts = Array.from({ length: pipeline.length - 1 }, (_, index) => index + 1);
    while (cuts.length > 0) {
      const texts = cuts.splice(0, 40).map((cut) => talk(server, pipeline.slice(0, cut), pipeline.slice(cut)));
      for (const text of await Promise.all(texts)) expect(answersIn(text)).toEqual(answers);
    }
  });

  it('have their trailers', async () => {
    const server = await started((request, response) => {
      void bodyOf(request).then(() => response.end(JSON.stringify(request.trailers)));
    });
    expect(
      await talk(server, request('CALL /', ['Transfer-Encoding: chunked', 'Connection: close'], chunks)),
    ).toContain('{"x-sum":"1"}');
  });

  it('may wait for 100 Continue', async () => {
    const socket = await connected(await started());
    socket.write(request('CREATE /', ['Content-Length: 2', 'Expect: 100-continue', 'Connection: close']));
    expect(String(await once(socket, 'data'))).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('{}');
    expect(answersIn(String(await once(socket, 'data')))).toEqual(['200 CREATE POST / {}']);
  });

  it('may expect anything else in vain', async () => {
    expect(answersIn(await talk(await started(), request('LIST /', ['Expect: wonders', 'Connection: close'])))).toEqual(
      ['200 LIST POST /'],
    );
  });

  it("show their verb to a listener of 'checkContinue'", async () => {
    const server = await started();
    const seen: string[] = [];
    server.on('checkContinue', (request, response) => {
      seen.push(verbOf(request));
      server.emit('request', request, response);
    });
    const text = await talk(
      server,
      request('CALL /', ['Content-Length: 2', 'Expect: 100-continue', 'Connection: close'], '{}'),
    );
    expect([seen, answersIn(text)]).toEqual([['CALL'], ['200 CALL POST / {}']]);
  });
});

describe('doubtful requests', () => {
  it.each([
    ['Content-Length: 5\r\nTransfer-Encoding: chunked', 'Content-Length together with Transfer-Encoding'],
    ['Content-Length: 5\r\nContent-Length: 5', 'Several Content-Length'],
    ['Content-Length: +5', 'Malformed Content-Length'],
    ['Transfer-Encoding: gzip, chunked', 'Transfer-Encoding other than chunked'],
    ['X: a\r\n b', 'Malformed field name'],
    ['X: a\0', 'Malformed field value'],
    ['Host: b', 'Exactly one Host is required'],
  ])('with %j never reach a handler', async (fields, message) => {
    const reached: string[] = [];
    const server = await started(({ url }, response) => {
      reached.push(url ?? '');
      response.end();
    });
    const smuggled = `0\r\n\r\n${request('CALL /smuggled')}`;
    expect(answersIn(await talk(server, request('CREATE /', [fields], smuggled)))).toEqual([refusal(message)]);
    expect(reached).toEqual([]);
  });

  it('get the answer of the API whoever refuses them', async () => {
    const server = await started();
    expect(answersIn(await talk(server, 'GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n'))).toHaveLength(1);
    expect(answersIn(await talk(server, '\x16\x03\x01\x02\0'))).toEqual([refusal('Malformed request line')]);
    expect(answersIn(await talk(server, last('GET /1') + request('FOO /')))).toEqual(['200 GET GET /1']);
  });

  it('wait until the requests before them are answered', async () => {
    const server = await started((request, response) => {
      void pause(request.url === '/1' ? 60 : 20).then(() => response.end(request.url));
    });
    const text = await talk(server, request('LIST /1') + request('LIST /2') + request('FOO /'));
    expect(answersIn(text)).toEqual(['200 /1', '200 /2', refusal('Invalid Verb (HTTP Method) "FOO"')]);
  });

  it('are refused while their handler waits for the body', async () => {
    const text = await talk(
      await started(),
      request('LIST /1') + request('CALL /2', ['Transfer-Encoding: chunked'], '5\r\nabcdeXYZ'),
    );
    expect(answersIn(text)).toEqual(['200 LIST POST /1', refusal('Malformed chunk')]);
  });

  it.each([
    ['has begun', 9],
    ['is complete', 5],
  ])('are cut off when their answer %s', async (_, length) => {
    const server = await started((_, response) => {
      response.writeHead(200, { 'Content-Length': length }).write('begun');
      if (length === 5) response.end();
    });
    const socket = await connected(server);
    socket.write(request('CALL /', ['Transfer-Encoding: chunked'], '5\r\nabcde'));
    let text = String(await once(socket, 'data'));
    socket.on('data', (part: Buffer) => (text += String(part))).write('XYZ');
    await once(socket, 'close');
    expect(text).toMatch(/\r\n\r\nbegun$/);
  });

  it('are told so even when the client goes on sending', async () => {
    const body = Buffer.alloc(8 * 1024 * 1024, 'x');
    const text = await talk(await started(), request('CALL /', ['Content-Length: 1e6']), body);
    expect(answersIn(text)).toEqual([refusal('Malformed Content-Length')]);
  });

  it('count as such when the parser reads one the framer did not let through', async () => {
    const served: string[] = [];
    const server = await started((request, response) => {
      served.push(verbOf(request));
      response.end();
      const unseen = Buffer.from('LOCK / HTTP/1.1\r\nHost: a\r\n\r\n');
      if (served.length === 1) request.socket.emit('data', unseen);
    });
    await talk(server, request('LIST /'));
    expect(served).toEqual(['LIST', 'CONNECT']);
  });
});

describe('sizes', () => {
  it('let a head be 64 kB and no more', async () => {
    const server = await started();
    const long = '/'.padEnd(60_000, 'a');
    expect(answersIn(await talk(server, last(`LIST ${long}`)))).toEqual([`200 LIST POST ${long}`]);
    const tooLong = request('LIST /', [`X: ${'a'.repeat(70_000)}`]);
    const message = refusal('Request head of more than 65536 bytes');
    expect(answersIn(await talk(server, tooLong))).toEqual([message]);
    expect(answersIn(await talk(server, tooLong.slice(0, 50_000), tooLong.slice(50_000)))).toEqual([message]);
  });

  it('are the business of the handler as to bodies', async () => {
    const body = 'x'.repeat(512 * 1024 + 1);
    const [answer = ''] = answersIn(
      await talk(await started(), request('CREATE /', [`Content-Length: ${body.length}`, 'Connection: close'], body)),
    );
    expect(answer.length).toBe('200 CREATE POST / '.length + body.length);
  });

  it('do not matter to a reader that pauses', async () => {
    const upload = randomBytes(16 * 1024 * 1024);
    const hash = createHash('sha256');
    const { promise: held, resolve: hold } = settled<number>();
    const server = await started((request, response) => {
      request.once('data', () => {
        request.pause();
        void pause(150).then(() => {
          hold(request.socket.bytesRead);
          request.resume();
        });
      });
      request.on('data', (part: Buffer) => hash.update(part));
      request.on('end', () => response.writeHead(200, CLOSE).end(hash.digest('hex')));
    });
    const socket = await connected(server);
    socket.write(request('CREATE /', [`Content-Length: ${upload.length}`]));
    socket.write(upload);
    expect(await held).toBeLessThan(4 * 1024 * 1024);
    expect(String(await once(socket, 'data'))).toContain(createHash('sha256').update(upload).digest('hex'));
  });

  it('do not matter to a client that pauses', async () => {
    const download = randomBytes(16 * 1024 * 1024);
    const server = await started((_, response) =>
      response.writeHead(200, { ...CLOSE, 'Content-Length': download.length }).end(download),
    );
    const socket = await connected(server);
    socket.pause();
    socket.write(request('LIST /'));
    await pause(100);
    const parts: Buffer[] = [];
    for await (const part of socket) parts.push(part as Buffer);
    const received = Buffer.concat(parts);
    expect(received.subarray(received.indexOf('\r\n\r\n') + 4).equals(download)).toBe(true);
  });
});

describe('time', () => {
  const impatient: ServerOptions = {
    headersTimeout: 150,
    requestTimeout: 250,
    connectionsCheckingInterval: 30,
  };

  it.each([
    ['a method', 'LIS'],
    ['a head', 'LIST / HTTP/1.1\r\nHost:'],
    ['a body', request('CREATE /', ['Content-Length: 9'], '{')],
    ['a chunk', request('CREATE /', ['Transfer-Encoding: chunked'], '5\r\nab')],
    ['the first byte', ''],
  ])('is up for a client that never finishes %s', async (_, text) => {
    expect(answersIn(await talk(await started(echo, impatient), text))).toEqual([refusal('Request Timeout')]);
  });

  it('is up for a client that sends a byte now and then', async () => {
    const socket = await connected(await started(echo, impatient));
    const drip = setInterval(() => socket.write('a'), 20);
    afterwards(() => clearInterval(drip));
    socket.write('LIST /');
    expect(answersIn(String(await once(socket, 'data')))).toEqual([refusal('Request Timeout')]);
  });

  it('is up for an idle connection', async () => {
    const server = await started(echo, { keepAliveTimeout: 1 });
    expect(answersIn(await talk(server, request('LIST /')))).toEqual(['200 LIST POST /']);
  });

  it("is told to the response's own listener", async () => {
    const server = await started((_, response) =>
      response.setTimeout(50, () => response.writeHead(200, CLOSE).end('late')),
    );
    expect(await talk(server, request('LIST /'))).toMatch(/late\r\n0/);
  });
});

describe('connections', () => {
  const websocket = ['Connection: Upgrade', 'Upgrade: websocket'];

  it('change to another protocol, whose bytes nobody touches', async () => {
    const server = await started();
    const verbs: string[] = [];
    server.on('upgrade', (request, socket, head: Buffer) => {
      verbs.push(verbOf(request));
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      socket.write(head);
      socket.pipe(socket);
    });
    const socket = await connected(server);
    let text = '';
    socket.setEncoding('latin1').on('data', (part: string) => (text += part));
    socket.write(`${request('GET /socket', websocket)}LIST /1`);
    await pause(20);
    socket.end(' HTTP/1.1\r\n\r\nLIST /2 FOO\0', 'latin1');
    await once(socket, 'close');
    expect(text).toBe('HTTP/1.1 101 Switching Protocols\r\n\r\nLIST /1 HTTP/1.1\r\n\r\nLIST /2 FOO\0');
    expect(verbs).toEqual(['GET']);
  });

  it('do not change when nobody accepts it, and lose no request', async () => {
    const text = await talk(await started(), request('LIST /1', websocket) + request('LIST /2') + request('FOO /'));
    expect(answersIn(text)).toEqual([
      '200 LIST POST /1',
      '200 LIST POST /2',
      refusal('Invalid Verb (HTTP Method) "FOO"'),
    ]);
    const silent = await talk(await started(), request('LIST /1', websocket) + request('FOO /'));
    expect(answersIn(silent)).toEqual(['200 LIST POST /1', refusal('Invalid Verb (HTTP Method) "FOO"')]);
  });

  it('may be closed on one side', async () => {
    const patient = Object.assign(await started(), { httpAllowHalfOpen: true });
    const half = await connected(patient);
    half.end(request('LIST /1') + sized('CALL /2', '{}'));
    expect(answersIn(await bodyOf(half as unknown as IncomingMessage))).toEqual([
      '200 LIST POST /1',
      '200 CALL POST /2 {}',
    ]);
    for (const [text, message] of [
      ['LIS', 'Malformed Request'],
      ['LIST /', 'Incomplete Request'],
    ] as const) {
      const unfinished = await connected(await started());
      unfinished.end(text);
      expect(answersIn(await bodyOf(unfinished as unknown as IncomingMessage))).toEqual([refusal(message)]);
    }
  });

  it('may be broken off', async () => {
    const { promise: aborted, resolve: abort } = settled<string>();
    const server = await started((request) =>
      request.once('close', () => abort(`${verbOf(request)} ${request.complete}`)),
    );
    const socket = await connected(server);
    socket.write(request('CREATE /', ['Content-Length: 9'], '{'));
    await once(server, 'request');
    socket.resetAndDestroy();
    expect(await aborted).toBe('CREATE false');
    await pause(10);
    await new Promise<void>((counted) =>
      server.getConnections((_, open) => {
        expect(open).toBe(0);
        counted();
      }),
    );
  });

  it('are let finish when the server closes', async () => {
    const server = await started((request, response) => void pause(80).then(() => response.end(request.url)));
    const idle = await connected(server);
    idle.write(request('LIST /idle'));
    await once(idle, 'data');
    const busy = talk(server, last('LIST /busy'));
    await once(server, 'request');
    const closed = once(server, 'close');
    server.close();
    expect(answersIn(await busy)).toHaveLength(1);
    await closed;
  });

  it.each([
    ['have not been used', ''],
    ['have sent half a head', 'LIST / HTTP/1.1\r\nHost: a\r\n'],
  ])('do not hold up a server that closes when they %s', async (_, bytes) => {
    const server = await started((_request, response) => response.end());
    const accepted = once(server, 'connection');
    const socket = await connected(server);
    socket.write(bytes);
    await accepted;
    await pause(20);
    const closed = once(server, 'close');
    server.close();
    await closed;
  });

  it('show who is at the other end', async () => {
    const server = await started(({ socket }, response) => {
      const { remoteAddress, remoteFamily, remotePort, localAddress, localPort, localFamily } = socket;
      const encrypted = 'encrypted' in socket && socket.encrypted;
      socket.setNoDelay(true).setKeepAlive(true, 1000).ref();
      response.end(
        JSON.stringify({ remoteAddress, remoteFamily, remotePort, localAddress, localPort, localFamily, encrypted }),
      );
    });
    const socket = await connected(server);
    socket.write(request('LIST /'));
    const [, body] = String(await once(socket, 'data')).split('\r\n\r\n');
    expect(JSON.parse(body ?? '')).toEqual({
      remoteAddress: '127.0.0.1',
      remoteFamily: 'IPv4',
      remotePort: socket.localPort,
      localAddress: '127.0.0.1',
      localFamily: 'IPv4',
      localPort: server.port,
      encrypted: false,
    });
  });
});

describe('servers', () => {
  it('may be under TLS', async () => {
    const key = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;
    const secure = createTlsServer({ ...key, pskCallback: () => Buffer.from('secret') }, (request, response) =>
      response.end(`${verbOf(request)} ${String('encrypted' in request.socket && request.socket.encrypted)}`),
    );
    acceptCustomVerbs(secure);
    const { port } = await listening(secure as unknown as Server);
    const socket = connectTls({
      ...key,
      port,
      host: '127.0.0.1',
      pskCallback: () => ({ psk: Buffer.from('secret'), identity: 'client' }),
      checkServerIdentity: () => undefined,
    });
    socket.write(last('LIST /'));
    expect(await bodyOf(socket as unknown as IncomingMessage)).toMatch(/LIST true$/);
  });

  it('may be those of Fastify', async () => {
    const app = fastify({ http: { maxHeaderSize: 65536 } });
    app.route({
      method: ['GET', 'POST'],
      url: '/api/*',
      handler: (request) => ({
        verb: verbOf(request.raw),
        method: request.method,
        body: request.body ?? null,
        ip: request.ip,
      }),
    });
    acceptCustomVerbs(app.server);
    await app.listen({ port: 0, host: '127.0.0.1' });
    afterwards(() => app.close());
    const { port } = app.server.address() as AddressInfo;
    const call = request('CALL /api/1', ['Content-Type: application/json', 'Content-Length: 7'], '{"a":1}');
    expect(answersIn(await talk({ port }, call + request('get /api/2') + request('FOO /api/3')))).toEqual([
      '200 {"verb":"CALL","method":"POST","body":{"a":1},"ip":"127.0.0.1"}',
      '200 {"verb":"GET","method":"GET","body":null,"ip":"127.0.0.1"}',
      refusal('Invalid Verb (HTTP Method) "FOO"'),
    ]);
  });

  it('must have a strict parser', () => {
    expect(() => acceptCustomVerbs(createServer({ insecureHTTPParser: true }))).toThrow('strict');
  });
});
