import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { until } from '#testing';
import { done, jetstreamFixture, task } from '../test/jetstream-fixture.ts';
import { MAX_CLAIMS } from './streams.ts';
import { TaskTooLarge } from './wire.ts';
import type { Outcome, TaskHandler } from './wire.ts';

describe('messages over NATS', () => {
  const wire = jetstreamFixture();

  it('begins nothing that was taken back, also where it is on its way to an agent', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    const begun: string[] = [];
    await foreman.start(listener);
    await startAgent(async (it) => {
      begun.push(it.task);
      return { result: {} };
    });
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    const taken = { ...task('2'), once: true };
    await foreman.withdraw(taken);
    // What was sent by then comes nevertheless.
    await foreman.send(taken);
    await foreman.send(task('3'));
    await until(() => reports.length === 2);
    expect(begun).toEqual(['1', '3']);
    const stranger = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(stranger);
    await until(async () => (await streams.info('CONTRACTOR_test_TASKS_berlin')).state.messages === 0);
    await stranger.close();
  });

  it('keeps so many claims, and no more', async () => {
    const { server, foreman, listener } = wire();
    await foreman.start(listener);
    await foreman.send(task('1'));
    const stranger = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(stranger);
    const { config } = await streams.info('CONTRACTOR_test_CLAIMS_berlin');
    await stranger.close();
    expect(config).toMatchObject({ max_msgs: MAX_CLAIMS, discard: 'old', max_age: 24 * 3600 * 1e9 });
  });

  it('leaves a long task to the agent that is at work on it', async () => {
    const { reports, foreman, listener, agentOf, startAgent } = wire();
    const ends: ((outcome: Outcome) => void)[] = [];
    const work: TaskHandler = () => new Promise((resolve) => ends.push(resolve));
    await foreman.start(listener);
    await startAgent(work);
    await agentOf().start({ agent: 'a2', site: 'berlin', modules: { ipmi: 1 } }, work);
    await foreman.send(task('1'));
    await until(() => ends.length === 1);
    await sleep(500); // longer than NATS waits for a sign of the agent
    expect(ends).toHaveLength(1);
    ends[0]?.({ result: {} });
    await until(() => reports.length === 1);
  });

  it('does not begin again what it has reported, when the same dispatch is delivered late', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    const begun: string[] = [];
    await foreman.start(listener);
    await startAgent(async (it) => {
      begun.push(it.task);
      return { result: {} };
    });
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    const stranger = await connect({ servers: server.url });
    stranger.publish('contractor.test.tasks.berlin.ipmi', JSON.stringify(task('1')));
    await stranger.drain();
    await foreman.send(task('2'));
    await until(() => reports.length === 2);
    expect(begun).toEqual(['1', '2']);
  });

  it('reports a result that is too large as an error that says so', async () => {
    const { reports, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    await startAgent(async () => ({ result: { text: 'x'.repeat(1_100_000) } }));
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    expect(reports[0]?.outcome).toEqual({
      error: expect.stringMatching(/^the outcome of 11\d{5} bytes is larger than the wire carries \(\d+\)$/),
    });
  });

  it('refuses a task that NATS can never carry', async () => {
    const { reports, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    const large = { ...task('1'), parameters: { text: 'x'.repeat(1_048_000) } };
    await expect(foreman.send(large)).rejects.toThrow(TaskTooLarge);
    await expect(foreman.send(large)).rejects.toThrow(
      /^the task of 1048\d{3} bytes is larger than the wire carries \(1047552\)$/,
    );
    await startAgent(done);
    await foreman.send({ ...task('2'), parameters: { text: 'x'.repeat(1_047_000) } });
    await until(() => reports.length === 1);
  });

  it('delivers a task however often it was delivered, and more than a thousand at a time', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    const stranger = await connect({ servers: server.url });
    const { consumers } = await jetstreamManager(stranger);
    await foreman.send(task('1'));
    const config = { durable_name: 'ipmi', filter_subject: 'contractor.test.tasks.berlin.ipmi' };
    await consumers.add('CONTRACTOR_test_TASKS_berlin', { ...config, ack_policy: AckPolicy.Explicit, max_deliver: 3 });
    const consumer = await jetstream(stranger).consumers.get('CONTRACTOR_test_TASKS_berlin', 'ipmi');
    for (let n = 0; n < 2; n += 1) (await consumer.next())?.nak();
    await startAgent(done);
    await until(() => reports.length === 1);
    const { config: made } = await consumers.info('CONTRACTOR_test_TASKS_berlin', 'ipmi');
    expect([made.max_deliver, made.max_ack_pending]).toEqual([-1, -1]);
    await stranger.close();
  });

  it('has a report held also where somebody else has used its id', async () => {
    const { server, reports, served, foreman, listener, startAgent } = wire();
    await foreman.start({ ...listener, unreadable: async ({ flaw }) => void served.push(flaw) });
    const stranger = await connect({ servers: server.url });
    const msgID = task('1').cookie;
    await jetstream(stranger).publish('contractor.test.results.berlin.ipmi.other', 'junk', { msgID });
    await stranger.close();
    await startAgent(done);
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    expect(served).toContain('it is no report');
  });

  it('drops what is no message of its own', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    await startAgent(done);
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    const stranger = await connect({ servers: server.url });
    for (const subject of ['tasks.berlin.ipmi', 'results.berlin.ipmi', 'agents.berlin', 'beats.berlin'].map(
      (name) => `contractor.test.${name}`,
    )) {
      stranger.publish(subject, 'junk');
      stranger.publish(subject, '{"agent":{}}');
    }
    await stranger.drain();
    await foreman.send(task('2'));
    await until(() => reports.length === 2);
  });

  it('refuses names that NATS cannot carry', async () => {
    const { foreman, listener, foremanOf, agentOf, startAgent } = wire();
    await foreman.start(listener);
    await expect(foreman.send(task('1', 'a.b'))).rejects.toThrow('the site "a.b" cannot be named on NATS');
    const start = (site: string) => agentOf().start({ agent: 'a1', site, modules: { ipmi: 1 } }, done);
    await expect(start('a b')).rejects.toThrow('the site "a b" cannot be named on NATS');
    await expect(start('*')).rejects.toThrow('over NATS an agent serves one site');
    await expect(startAgent(done, 'http://nowhere')).rejects.toThrow('an address of NATS is not of the form');
    await expect(foremanOf('').start(listener)).rejects.toThrow('no NATS server is named');
  });
});
