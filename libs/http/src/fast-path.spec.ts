import { once } from 'node:events';
import type { RequestListener, ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import type { HttpAnswer, HttpRequest } from './http-exchange.ts';
import { malformedAnswer } from './refused-connection.ts';
import {
  answersIn,
  bodyOf,
  closeAll,
  connected,
  echo,
  last,
  request,
  settled,
  sized,
  started,
} from '../test/connections.ts';

jest.setTimeout(240_000);

afterEach(closeAll);

/** What the answer holds that did not come from the server. */
async function fast({ verb, target, hasBody, body }: HttpRequest): Promise<HttpAnswer> {
  const sent = hasBody ? String(await body(1000)) : '';
  return { status: 200, headers: { Fast: 'yes' }, text: `${verb} fast ${target} ${sent}`.trim() };
}

const exchange = async (socket: Socket, text: string): Promise<string[]> => {
  socket.write(text);
  return answersIn(String(await once(socket, 'data')));
};

/** A connection whose first request the server has answered. */
async function acquainted(
  answer = fast as (request: HttpRequest) => ReturnType<typeof fast> | undefined,
  options: ServerOptions = {},
) {
  const server = await started(echo, options, answer);
  const socket = await connected(server);
  expect(await exchange(socket, request('LIST /first'))).toEqual(['200 LIST POST /first']);
  return { server, socket };
}

/** Everything that still comes over a connection. */
const rest = (socket: Socket): Promise<string> => bodyOf(socket as never);

/** Answers whichever way they were given: requests that happen to be read together go the long one. */
const inOrder = (answers: readonly string[]): string[] => answers.map((answer) => answer.replace(/ (?:fast|POST)/, ''));

describe('answers past the server', () => {
  it('are given from the second request on, and look the same', async () => {
    const { socket } = await acquainted();
    socket.write(sized('CALL /second', '{}'));
    const text = String(await once(socket, 'data'));
    expect(answersIn(text)).toEqual(['200 CALL fast /second {}']);
    for (const field of ['Connection: keep-alive', 'Keep-Alive: timeout=5', 'Content-Length: 20']) {
      expect(text).toContain(`\r\n${field}\r\n`);
    }
  });

  it('change places with those of the server, whatever kind of request comes', async () => {
    const { socket } = await acquainted(({ target, ...others }) =>
      target.startsWith('/page') ? undefined : fast({ target, ...others }),
    );
    expect(await exchange(socket, request('LIST /1'))).toEqual(['200 LIST fast /1']);
    expect(await exchange(socket, request('GET /page'))).toEqual(['200 GET GET /page']);
    expect(await exchange(socket, request('CALL /2', ['Transfer-Encoding: chunked'], '1\r\na\r\n0\r\n\r\n'))).toEqual([
      '200 CALL POST /2 a',
    ]);
    expect(await exchange(socket, request('LIST /3'))).toEqual(['200 LIST fast /3']);
    const [head, body] = [request('CALL /4', ['Content-Length: 2']), 'ab'];
    socket.write(head);
    await pause(10);
    expect(await exchange(socket, body)).toEqual(['200 CALL POST /4 ab']);
    expect(await exchange(socket, request('LIST /5'))).toEqual(['200 LIST fast /5']);
    expect(await exchange(socket, last('LIST /6'))).toEqual(['200 LIST POST /6']);
  });

  it('come in the order of the requests, though others come meanwhile', async () => {
    const { socket } = await acquainted(async (asked) => {
      await pause(asked.target === '/1' ? 50 : 0);
      return fast(asked);
    });
    socket.write(request('LIST /1'));
    for (const line of ['LIST /2', 'LIST /3']) {
      await pause(10);
      socket.write(request(line));
    }
    await pause(10);
    socket.write(last('LIST /4'));
    expect(inOrder(answersIn(await rest(socket)))).toEqual([
      '200 LIST /1',
      '200 LIST /2',
      '200 LIST /3',
      '200 LIST /4',
    ]);
  });

  it('are given after a large body that had to wait, too', async () => {
    const slow: RequestListener = (message, response) => void pause(100).then(() => echo(message, response));
    const server = await started(slow, {}, async (asked) => {
      await pause(20);
      return fast(asked);
    });
    const socket = await connected(server);
    let text = '';
    socket.setEncoding('latin1').on('data', (part: string) => (text += part));
    socket.write(sized('POST /large', 'x'.repeat(120_000)));
    await until(() => text.length > 120_000);
    text = '';
    for (const line of ['LIST /1', 'LIST /2', 'LIST /3']) {
      socket.write(request(line));
      await pause(10);
    }
    await until(() => answersIn(text).length === 3);
    expect(inOrder(answersIn(text))).toEqual(['200 LIST /1', '200 LIST /2', '200 LIST /3']);
  });

  it('are given to a client that has closed its side', async () => {
    const { socket } = await acquainted(async (asked) => {
      await pause(30);
      return fast(asked);
    });
    socket.end(request('LIST /1'));
    expect(answersIn(await rest(socket))).toEqual(['200 LIST fast /1']);
  });

  it('take the time they need, while an idle connection has little', async () => {
    const slow = async (asked: HttpRequest) => {
      await pause(1200);
      return fast(asked);
    };
    const { socket } = await acquainted(slow, { keepAliveTimeout: 600 });
    socket.write(request('LIST /1'));
    expect(answersIn(await rest(socket))).toEqual(['200 LIST fast /1']);
  });

  it('are let finish when the server closes, and are the last then', async () => {
    const begun = settled<void>();
    const { server, socket } = await acquainted(async (asked) => {
      begun.resolve();
      await pause(50);
      return fast(asked);
    });
    const closed = once(server, 'close');
    const answered = rest(socket);
    socket.write(request('LIST /1'));
    await begun.promise;
    server.close();
    const text = await answered;
    expect(answersIn(text)).toEqual(['200 LIST fast /1']);
    expect(text).toContain('\r\nConnection: close\r\n');
    await closed;
  });

  it('harm nobody when the client has gone meanwhile', async () => {
    const asked = settled<void>();
    const gone = settled<void>();
    const { server, socket } = await acquainted(async (sent) => {
      asked.resolve();
      await gone.promise;
      return fast(sent);
    });
    socket.write(request('LIST /1'));
    await asked.promise;
    socket.resetAndDestroy();
    const closed = new Promise((resolve) => server.close(resolve));
    await pause(20);
    gone.resolve();
    await closed;
    expect(server.listening).toBe(false);
  });

  it('end the connection where there is none, or where it cannot be sent', async () => {
    for (const answer of [undefined, { status: 200, headers: { Bad: 'a\nb' } }]) {
      const { socket } = await acquainted(async () => answer as HttpAnswer);
      const all = rest(socket).catch(() => '');
      socket.write(request('LIST /1'));
      expect(await all).toBe('');
    }
  });

  it('leave doubtful requests to the server', async () => {
    const { socket } = await acquainted();
    socket.write('LIST /1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
    expect(answersIn(await rest(socket))).toEqual([`400 ${malformedAnswer('Exactly one Host is required').text}`]);
  });
});
