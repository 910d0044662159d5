import { describe } from '@jest/globals';
import { startConnectProxy, startNatsServer, startRelay, type Relay } from '#testing';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import type { AgentWire, ForemanWireListener } from './wire.ts';
import { wireSuite } from '../test/wire.suite.ts';

const deaf: ForemanWireListener = { reported: async () => undefined, beat: () => undefined, served: () => undefined };

describe.each([['directly'], ['through an HTTP proxy']])('%s', (how) => {
  wireSuite('the wire over WebSockets', async () => {
    const server = await startNatsServer({ webSocket: 'no_tls: true' });
    const proxy = how === 'directly' ? undefined : await startConnectProxy('agent:s3cret');
    const through = proxy ? { proxy: proxy.url } : {};
    const relays: Relay[] = [];
    const agents: AgentWire[] = [];
    const foreman = jetstreamForeman(
      {
        servers: `ws://127.0.0.1:${server.webSocketPort}`,
        ...through,
        reconnectEvery: 10,
        installation: { id: 'test', data: 'd' },
      },
      { ackWait: 500, retryFirst: 10, retryMost: 20 },
    );
    return {
      foreman,
      async agent() {
        const relay = await startRelay(server.webSocketPort);
        const wire = jetstreamAgent(
          { servers: `ws://127.0.0.1:${relay.port}`, ...through, reconnectEvery: 10 },
          { announceEvery: 100, beatEvery: 10, reportAgain: 10 },
        );
        relays.push(relay);
        agents.push(wire);
        return { wire, drop: () => relay.cut() };
      },
      async close() {
        for (const relay of relays) await relay.mend();
        await foreman.start(deaf).catch(() => undefined);
        await Promise.all(agents.map((agent) => agent.stop()));
        await foreman.stop();
        for (const relay of relays) await relay.stop();
        await proxy?.stop();
        await server.stop();
      },
    };
  });
});
