import { startRelay, type Relay } from '#testing';
import { jetstreamAgent } from '../src/jetstream-agent.ts';
import { jetstreamForeman } from '../src/jetstream-foreman.ts';
import type { NatsServers } from '../src/nats-connect.ts';
import type { AgentWire, ForemanWireListener } from '../src/wire.ts';
import type { WireUnderTest } from './office.ts';

const deaf: ForemanWireListener = { reported: async () => undefined, beat: () => undefined, served: () => undefined };

export interface NatsWireOptions {
  /** The loopback port of the NATS server. */
  readonly port: number;
  /** How NATS is reached on a loopback port: the server's, or that of a relay before it. */
  readonly reach: (port: number) => NatsServers;
  /** Stops what carries the wire. */
  readonly stop: () => Promise<void>;
}

/** The wire over NATS for one test; each agent has a relay of its own, which is cut where the agent is dropped. */
export function natsWire({ port, reach, stop }: NatsWireOptions): WireUnderTest {
  const relays: Relay[] = [];
  const agents: AgentWire[] = [];
  const foreman = jetstreamForeman(
    { ...reach(port), reconnectEvery: 10, installation: { id: 'test', data: 'd' } },
    { ackWait: 500, retryFirst: 10, retryMost: 20 },
  );
  return {
    foreman,
    async agent() {
      const relay = await startRelay(port);
      const wire = jetstreamAgent(
        { ...reach(relay.port), reconnectEvery: 10 },
        { announceEvery: 100, beatEvery: 10, reportAgain: 10 },
      );
      relays.push(relay);
      agents.push(wire);
      return { wire, drop: () => relay.cut() };
    },
    async close() {
      for (const relay of relays) await relay.mend();
      // An agent stops only once its last reports are held, and it is the foreman's end that makes room for them.
      await foreman.start(deaf).catch(() => undefined);
      await Promise.all(agents.map((agent) => agent.stop()));
      await foreman.stop();
      for (const relay of relays) await relay.stop();
      await stop();
    },
  };
}
