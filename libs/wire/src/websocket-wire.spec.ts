import { describe } from '@jest/globals';
import { startConnectProxy, startNatsServer } from '#testing';
import { natsWire } from '../test/nats-wire.ts';
import { wireSuite } from '../test/wire.suite.ts';

describe.each([['directly'], ['through an HTTP proxy']])('%s', (how) => {
  wireSuite('the wire over WebSockets', async () => {
    const server = await startNatsServer({ webSocket: 'no_tls: true' });
    const proxy = how === 'directly' ? undefined : await startConnectProxy('agent:s3cret');
    return natsWire({
      port: server.webSocketPort,
      reach: (port) => ({ servers: `ws://127.0.0.1:${port}`, proxy: proxy?.url }),
      async stop() {
        await proxy?.stop();
        await server.stop();
      },
    });
  });
});
