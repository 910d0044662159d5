import { startNatsServer, startRelay, type Relay } from '#testing';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import type { AgentWire, ForemanWireListener } from './wire.ts';
import { wireSuite } from '../test/wire.suite.ts';

const deaf: ForemanWireListener = { reported: async () => undefined, beat: () => undefined, served: () => undefined };

wireSuite('the wire over NATS JetStream', async () => {
  const server = await startNatsServer();
  const relays: Relay[] = [];
  const agents: AgentWire[] = [];
  const foreman = jetstreamForeman(
    { servers: server.url, reconnectEvery: 10, installation: { id: 'test', data: 'd' } },
    { ackWait: 500, retryFirst: 10, retryMost: 20 },
  );
  return {
    foreman,
    async agent() {
      const relay = await startRelay(Number(new URL(server.url).port));
      const wire = jetstreamAgent(
        { servers: `127.0.0.1:${relay.port}`, reconnectEvery: 10 },
        { announceEvery: 100, beatEvery: 10, reportAgain: 10 },
      );
      relays.push(relay);
      agents.push(wire);
      return { wire, drop: () => relay.cut() };
    },
    async close() {
      for (const relay of relays) await relay.mend();
      // an agent stops only once its last reports are held, and it is the foreman's end that makes room for them
      await foreman.start(deaf).catch(() => undefined);
      await Promise.all(agents.map((agent) => agent.stop()));
      await foreman.stop();
      for (const relay of relays) await relay.stop();
      await server.stop();
    },
  };
});
