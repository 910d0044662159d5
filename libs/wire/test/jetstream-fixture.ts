import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach } from '@jest/globals';
import type { Logger } from '#kernel';
import { startNatsServer, startRelay, type NatsServer, type Relay } from '#testing';
import { jetstreamAgent } from '../src/jetstream-agent.ts';
import { jetstreamForeman } from '../src/jetstream-foreman.ts';
import type { AgentWire, ForemanWire, ForemanWireListener, Report, Task, TaskHandler } from '../src/wire.ts';

export const task = (id: string, site = 'berlin'): Task => ({
  task: id,
  cookie: `cookie-${id}`,
  job: 1,
  site,
  module: 'ipmi',
  function: 'power',
  parameters: {},
});

/** The work of an agent that is done at once. */
export const done: TaskHandler = async ({ task }) => ({ result: { task } });

/** Resolves once the foreman's end has taken the task. */
export const sendUntilHeld = (foreman: ForemanWire, it: Task): Promise<string | undefined> =>
  foreman.send(it).catch(async () => {
    await sleep(5);
    return sendUntilHeld(foreman, it);
  });

/** Both ends of the wire over a NATS server of a test's own, with short periods. */
export interface JetstreamFixture {
  readonly server: NatsServer;
  /** Not started yet. */
  readonly foreman: ForemanWire;
  /** Writes down what it hears in `reports` and `served`. */
  readonly listener: ForemanWireListener;
  readonly reports: Report[];
  /** `<site> <module>` */
  readonly served: string[];
  /** All agents; further ones are stopped too. */
  readonly agents: AgentWire[];
  /** A further foreman's end. */
  foremanOf(servers: string): ForemanWire;
  /** A further agent's end, not started yet. */
  agentOf(servers?: string, log?: Logger): AgentWire;
  /** A stretch of network before NATS, for agents; it is there until they have stopped, as their last reports go over it. */
  relay(): Promise<Relay & { readonly servers: string }>;
  /** Starts an agent in berlin that does four tasks of ipmi at a time. */
  startAgent(work: TaskHandler, servers?: string): Promise<void>;
}

/** Makes both ends anew for every test, and stops them after it. @returns those of the test at hand */
export function jetstreamFixture(): () => JetstreamFixture {
  let fixture: JetstreamFixture;
  let foremen: ForemanWire[];
  let relays: Relay[];

  beforeEach(async () => {
    const server = await startNatsServer();
    const [reports, served, agents]: [Report[], string[], AgentWire[]] = [[], [], []];
    foremen = [];
    relays = [];
    const foremanOf = (servers: string) => {
      const foreman = jetstreamForeman(
        { servers, reconnectEvery: 10, installation: { id: 'test', data: 'd' } },
        { ackWait: 400, retryFirst: 10, retryMost: 20 },
      );
      foremen.push(foreman);
      return foreman;
    };
    const agentOf = (servers = server.url, log?: Logger): AgentWire => {
      const periods = { announceEvery: 100, beatEvery: 10, reportAgain: 10 };
      const agent = jetstreamAgent({ servers, reconnectEvery: 10, log }, periods);
      agents.push(agent);
      return agent;
    };
    fixture = {
      server,
      foreman: foremanOf(server.url),
      listener: {
        reported: async (report) => void reports.push(report),
        beat: () => undefined,
        served: (site, module) => void served.push(`${site} ${module}`),
      },
      reports,
      served,
      agents,
      foremanOf,
      agentOf,
      relay: async () => {
        const relay = await startRelay(Number(new URL(server.url).port));
        relays.push(relay);
        return { ...relay, servers: `127.0.0.1:${relay.port}` };
      },
      startAgent: (work, servers) =>
        agentOf(servers).start({ agent: 'a1', site: 'berlin', modules: { ipmi: 4 } }, work),
    };
  });
  afterEach(async () => {
    for (const relay of relays) await relay.mend();
    await Promise.all(fixture.agents.map((agent) => agent.stop()));
    await Promise.all(foremen.map((foreman) => foreman.stop()));
    for (const relay of relays) await relay.stop();
    await fixture.server.stop();
  });
  return () => fixture;
}
