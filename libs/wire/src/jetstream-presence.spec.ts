import { describe, expect, it } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import { until } from '#testing';
import { done, jetstreamFixture, task } from '../test/jetstream-fixture.ts';
import { jetstreamAgent } from './jetstream-agent.ts';
import type { Outcome } from './wire.ts';

describe('agents that announce themselves over NATS', () => {
  const wire = jetstreamFixture();

  it('has an agent with nothing to do announce itself less often, and at once when it has something to do', async () => {
    const { server, reports, foreman, agents, listener } = wire();
    await foreman.start(listener);
    const stranger = await connect({ servers: server.url });
    const periods: number[] = [];
    stranger.subscribe('contractor.test.agents.>', {
      callback: (_, { data }) =>
        void periods.push((JSON.parse(new TextDecoder().decode(data)) as { every: number }).every),
    });
    await stranger.flush();
    const agent = jetstreamAgent(
      { servers: server.url },
      { announceEvery: 20, announceIdle: 3_600_000, idleAfter: 100, beatEvery: 10 },
    );
    agents.push(agent);
    let end: (outcome: Outcome) => void = () => undefined;
    await agent.start(
      { agent: 'a1', site: 'berlin', modules: { ipmi: 1 } },
      () => new Promise((resolve) => (end = resolve)),
    );
    await until(() => periods.at(-1) === 3_600_000);
    expect(periods.slice(0, -1).every((every) => every === 20)).toBe(true);
    expect(periods.length).toBeGreaterThan(3);
    const quiet = periods.length;
    await foreman.send(task('1'));
    await until(() => periods.length > quiet + 2);
    expect(periods.slice(quiet)).toEqual(periods.slice(quiet).map(() => 20));
    end({ result: {} });
    await until(() => reports.length === 1 && periods.at(-1) === 3_600_000);
    // It is to have nothing to do for an hour, and is back at once all the same.
    await stranger.close();
    await server.restart();
    const restarted = performance.now();
    await until(() => foreman.agents()?.some(({ silentMs }) => silentMs! < performance.now() - restarted) === true);
  });

  it('knows from the start of those that are recorded, and gives them tasks before they announce themselves', async () => {
    const { server, reports, served, foreman, agents, listener, foremanOf } = wire();
    const recorded = async () => [{ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }];
    await foreman.start(listener);
    const agent = jetstreamAgent({ servers: server.url }, { announceEvery: 3_600_000, beatEvery: 10 });
    agents.push(agent);
    await agent.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }, done);
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    await foreman.stop();
    served.length = 0;
    const next = foremanOf(server.url);
    await next.start({ ...listener, recorded });
    expect([served, next.serves('berlin', 'ipmi'), next.agents()]).toEqual([['berlin ipmi'], true, []]);
    await next.send(task('2'));
    await until(() => reports.length === 2);
    await agent.stop();
    await until(() => !next.serves('berlin', 'ipmi'));
    // Where it cannot be found out, nobody is there until they say so.
    await next.stop();
    const last = foremanOf(server.url);
    await last.start({ ...listener, recorded: () => Promise.reject(new Error('no database')) });
    expect(last.serves('berlin', 'ipmi')).toBe(false);
  });

  it('knows at once that an agent has left', async () => {
    const { server, foreman, listener } = wire();
    await foreman.start(listener);
    const agent = jetstreamAgent({ servers: server.url }, { announceEvery: 60_000 });
    await agent.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }, done);
    await until(() => foreman.serves('berlin', 'ipmi'));
    await agent.stop();
    await until(() => !foreman.serves('berlin', 'ipmi'));
  });
});
