import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordedLog, until } from '#testing';
import { done, jetstreamFixture, sendUntilHeld, task } from '../test/jetstream-fixture.ts';
import { MaybeHeld } from './wire.ts';
import type { Outcome, TaskHandler } from './wire.ts';

describe('the wire over NATS, when connections break', () => {
  const wire = jetstreamFixture();

  it('may begin before the server is there', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    await server.kill();
    await foreman.start(listener);
    await startAgent(done);
    expect(foreman.serves('berlin', 'ipmi')).toBe(false);
    await expect(foreman.send(task('1'))).rejects.toThrow('no connection to NATS');
    await server.restart();
    await until(() => foreman.serves('berlin', 'ipmi'));
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
  });

  it('makes its streams again on a server that lost everything', async () => {
    const { server, reports, served, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    await startAgent(done);
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    await server.restart({ emptied: true });
    await sendUntilHeld(foreman, task('2'));
    await until(() => reports.length === 2);
    expect(reports.map((report) => report.task)).toEqual(['1', '2']);
    expect(served).toEqual(['berlin ipmi', 'berlin ipmi']);
  });

  it('makes a consumer again that somebody removed', async () => {
    const { server, reports, foreman, listener, agentOf } = wire();
    await foreman.start(listener);
    const { log, lines } = recordedLog();
    const said = () => lines.map(({ message }) => message);
    const agent = agentOf(server.url, log);
    await agent.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }, done);
    await until(() => said().includes('serving'));
    const stranger = await connect({ servers: server.url });
    const { consumers } = await jetstreamManager(stranger);
    await consumers.delete('CONTRACTOR_test_TASKS_berlin', 'ipmi');
    await stranger.close();
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    expect(said()).toEqual(['connected to NATS', 'serving', 'no tasks', 'serving']);
  });

  it('keeps what was reached while the server was away, and reports it later', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    const ends: ((outcome: Outcome) => void)[] = [];
    await foreman.start(listener);
    await startAgent(() => new Promise((resolve) => ends.push(resolve)));
    await foreman.send(task('1'));
    await until(() => ends.length === 1);
    await server.kill();
    await until(() => !foreman.serves('berlin', 'ipmi'));
    ends[0]?.({ result: { reached: true } });
    await server.restart({ emptied: true });
    await until(() => reports.length === 1);
    expect(reports[0]?.outcome).toEqual({ result: { reached: true } });
  });

  it('keeps tasks and reports over a restart of the server', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    const begun: string[] = [];
    await foreman.start(listener);
    for (const id of ['1', '2', '3']) await foreman.send(task(id));
    await server.restart();
    await startAgent(async (it) => {
      begun.push(it.task);
      return { result: {} };
    });
    await until(() => reports.length === 3);
    expect(begun.sort()).toEqual(['1', '2', '3']);
  });

  it('does not begin again what an agent was at work on while it was cut off', async () => {
    const { reports, foreman, listener, startAgent } = wire();
    const relay = await wire().relay();
    const ends: ((outcome: Outcome) => void)[] = [];
    await foreman.start(listener);
    await startAgent(() => new Promise((resolve) => ends.push(resolve)), relay.servers);
    await foreman.send({ ...task('1'), once: true });
    await foreman.send(task('2'));
    await until(() => ends.length === 2);
    await relay.cut();
    await until(() => !foreman.serves('berlin', 'ipmi'));
    await sleep(500); // longer than NATS waits for a sign of the agent
    await relay.mend();
    await until(() => foreman.serves('berlin', 'ipmi'));
    for (const end of ends) end({ result: {} });
    await until(() => reports.length === 2);
    await foreman.send(task('3'));
    await until(() => ends.length === 3);
    ends[2]?.({ result: {} });
    await until(() => reports.length === 3);
    expect(ends).toHaveLength(3);
  });

  it('has each task that must not be begun twice begun once, where NATS is killed right after its delivery', async () => {
    const { server, reports, foreman, listener, agentOf } = wire();
    const begun: string[] = [];
    const work: TaskHandler = async ({ cookie }) => {
      begun.push(cookie);
      await sleep(20);
      return { result: {} };
    };
    await foreman.start({ ...listener, secretsOf: async () => [] });
    for (const agent of ['a1', 'a2']) await agentOf().start({ agent, site: 'berlin', modules: { ipmi: 20 } }, work);
    await until(() => foreman.serves('berlin', 'ipmi'));
    const reported = () => new Set(reports.map(({ cookie }) => cookie)).size;
    for (let round = 0; round < 6; round += 1) {
      const before = reported();
      const ids = Array.from({ length: 12 }, (_, n) => `${round}-${n}`);
      const sent = Promise.all(ids.map((id) => sendUntilHeld(foreman, { ...task(id), once: true })));
      await until(() => begun.length > before + round);
      await server.restart();
      await sent;
      await until(() => reported() === before + ids.length);
    }
    expect(begun.toSorted()).toEqual([...new Set(begun)].toSorted());
  });

  it.each([
    {
      waited: true,
      title: 'begins a task whose claim stands, though its answer was lost, where the foreman waits for it',
    },
    {
      waited: false,
      title: 'does not begin a task whose claim stands where the foreman does not wait for it any more',
    },
  ])('$title', async ({ waited }) => {
    const { server, reports, foreman, listener, agentOf } = wire();
    const relay = await wire().relay();
    const begun: string[] = [];
    const asked: string[] = [];
    const secretsOf = async ({ cookie }: { cookie: string }) => {
      asked.push(cookie);
      return waited ? [] : undefined;
    };
    const startLogged = async (agent: string, servers: string) => {
      const { log, lines } = recordedLog();
      await agentOf(servers, log).start({ agent, site: 'berlin', modules: { ipmi: 2 } }, async (it) => {
        begun.push(`${agent} ${it.task}`);
        return { result: {} };
      });
      return (said: string) => until(() => lines.some(({ message }) => message.startsWith(said)));
    };
    await foreman.start({ ...listener, secretsOf });
    const first = await startLogged('a1', relay.servers);
    await first('serving');
    const stranger = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(stranger);
    const { config } = await streams.info('CONTRACTOR_test_CLAIMS_berlin');
    await streams.update('CONTRACTOR_test_CLAIMS_berlin', { subjects: ['elsewhere'] });
    await sendUntilHeld(foreman, { ...task('1'), once: true });
    await first('a task could not be claimed');
    relay.mute();
    await streams.update('CONTRACTOR_test_CLAIMS_berlin', { subjects: config.subjects });
    await until(async () => (await streams.info('CONTRACTOR_test_CLAIMS_berlin')).state.messages === 1);
    await relay.cut();
    const second = await startLogged('a2', server.url);
    await second('a task that another agent has');
    expect(begun).toEqual([]);
    await relay.mend();
    if (waited) await until(() => reports.length === 1);
    else await first('a task that was taken back is not begun');
    expect(asked).toEqual(['cookie-1']);
    expect(begun).toEqual(waited ? ['a1 1'] : []);
    await stranger.close();
  });

  it('begins the next task while the report of one that is over is not held yet, and piles up no more reports than tasks', async () => {
    const { server, reports, foreman, listener, agentOf } = wire();
    const stranger = await connect({ servers: server.url });
    const ends: (() => void)[] = [];
    const work: TaskHandler = () => new Promise((resolve) => ends.push(() => resolve({ result: {} })));
    await foreman.start(listener);
    await agentOf().start({ agent: 'a1', site: 'berlin', modules: { ipmi: 2 } }, work);
    await until(() => foreman.serves('berlin', 'ipmi'));
    const { streams } = await jetstreamManager(stranger);
    await streams.update('CONTRACTOR_test_RESULTS', { max_msg_size: 1 });
    for (let n = 1; n <= 9; n += 1) await foreman.send(task(String(n)));
    await until(() => ends.length === 2);
    ends[0]?.();
    await until(() => ends.length === 3);
    for (const end of ends) end();
    await sleep(300); // longer than a task takes to arrive
    expect(ends.length).toBeLessThanOrEqual(4);
    await streams.update('CONTRACTOR_test_RESULTS', { max_msg_size: -1 });
    await until(() => {
      for (const end of ends) end();
      return reports.length === 9;
    });
    await stranger.close();
  });

  it('removes no other message by a receipt of a stream that was lost', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    const receipt = await foreman.send(task('1'));
    await server.restart({ emptied: true });
    expect(await sendUntilHeld(foreman, task('2'))).toBe(receipt);
    await foreman.withdraw({ ...task('1'), receipt });
    await startAgent(done);
    await until(() => reports.length === 1);
    expect(reports[0]?.task).toBe('2');
  });

  it('claims tasks also after NATS has lost everything', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    await startAgent(done);
    await sendUntilHeld(foreman, { ...task('1'), once: true });
    await until(() => reports.length === 1);
    await server.restart({ emptied: true });
    await sendUntilHeld(foreman, { ...task('2'), once: true });
    await until(() => reports.length === 2);
  });

  it('has tasks done and reports taken after NATS has lost how far it had counted them, and not what it had delivered', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    await startAgent(done);
    const sent: string[] = [];
    const sendThree = async () => {
      const ids = Array.from({ length: 3 }, (_, n) => String(sent.length + n));
      sent.push(...ids);
      for (const id of ids) await sendUntilHeld(foreman, { ...task(id), once: true });
      await until(() => sent.every((id) => reports.some((report) => report.task === id)));
    };
    await sendThree();
    for (const without of ['CONTRACTOR_test_TASKS_berlin', 'CONTRACTOR_test_RESULTS']) {
      await server.restart({ without });
      await sendThree();
    }
  });

  it('begins nothing that it had not claimed when NATS lost everything, and with it that it was taken back', async () => {
    const { server, foreman, listener, agentOf, reports } = wire();
    const { log, lines } = recordedLog();
    const begun: string[] = [];
    await foreman.start(listener);
    await agentOf(server.url, log).start({ agent: 'a1', site: 'berlin', modules: { ipmi: 2 } }, async (it) => {
      begun.push(it.task);
      return { result: {} };
    });
    await until(() => lines.some(({ message }) => message === 'serving'));
    await sendUntilHeld(foreman, { ...task('0'), once: true });
    await until(() => reports.length === 1);
    const stranger = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(stranger);
    await streams.update('CONTRACTOR_test_CLAIMS_berlin', { subjects: ['elsewhere'] });
    await stranger.close();
    await sendUntilHeld(foreman, { ...task('1'), once: true });
    await until(() => lines.some(({ message }) => message.startsWith('a task could not be claimed')));
    await server.restart({ emptied: true });
    await sendUntilHeld(foreman, { ...task('2'), once: true });
    await until(() => reports.length === 2);
    const left = 'a task that was not claimed before the connection broke is not begun';
    await until(() => lines.some(({ message }) => message === left));
    expect(begun).toEqual(['0', '2']);
    // Sent again by the log, it is done.
    await sendUntilHeld(foreman, { ...task('1'), once: true });
    await until(() => reports.length === 3);
    expect(begun).toEqual(['0', '2', '1']);
  });

  it('tells that NATS is away, also while it is not started: its server stands by', async () => {
    const { server, foreman, listener } = wire();
    expect((await foreman.health()).fault).toBeUndefined();
    await server.kill();
    await until(async () => /ECONNREFUSED|refused/i.test((await foreman.health()).fault ?? ''));
    await server.restart();
    await foreman.start(listener);
    expect((await foreman.health()).fault).toBeUndefined();
  });

  it('tells that NATS stands still, though it is connected, and that it goes on', async () => {
    const { server, foreman, listener } = wire();
    await foreman.start(listener);
    await server.signal('SIGSTOP');
    const silent = until(async () => (await foreman.health()).fault === 'NATS does not answer within 2000 ms');
    await silent.finally(() => void server.signal('SIGCONT'));
    await until(async () => (await foreman.health()).fault === undefined);
  });

  it('lets an agent stop that waits for NATS to claim a task', async () => {
    const { server, foreman, listener, agentOf } = wire();
    const relay = await wire().relay();
    const { log, lines } = recordedLog();
    const begun: string[] = [];
    await foreman.start(listener);
    const agent = agentOf(relay.servers, log);
    await agent.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }, async (it) => {
      begun.push(it.task);
      return { result: {} };
    });
    await until(() => lines.some(({ message }) => message === 'serving'));
    // It would make the stream again.
    await foreman.stop();
    const stranger = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(stranger);
    // Without the stream of the claims no agent begins.
    await streams.update('CONTRACTOR_test_CLAIMS_berlin', { subjects: ['elsewhere'] });
    stranger.publish('contractor.test.tasks.berlin.ipmi', JSON.stringify({ ...task('1'), once: true }));
    await until(() => lines.some(({ message }) => message.startsWith('a task could not be claimed')));
    await relay.cut();
    await agent.stop();
    await stranger.close();
    expect(begun).toEqual([]);
  });

  it('does not know whether NATS holds a task to which it gives no answer, and does not send it again by itself', async () => {
    const { server, foreman, listener } = wire();
    await foreman.start(listener);
    await sendUntilHeld(foreman, task('1'));
    await server.signal('SIGSTOP');
    const sending = foreman.send(task('2')).catch((error: unknown) => error);
    expect(await sending).toBeInstanceOf(MaybeHeld);
    await server.restart({ emptied: true });
    await sendUntilHeld(foreman, task('3'));
    const connection = await connect({ servers: server.url });
    const { state } = await (await jetstreamManager(connection)).streams.info('CONTRACTOR_test_TASKS_berlin');
    await connection.close();
    expect(state.last_seq).toBe(1);
  });

  it('does not go on in the next session with a task that was not held yet when the connection broke', async () => {
    const { server, foreman, listener } = wire();
    await foreman.start(listener);
    await server.signal('SIGSTOP');
    const sending = foreman.send(task('1', 'paris')).catch(String);
    await server.restart({ emptied: true });
    expect(await sending).toBe('Error: the connection to NATS broke before the task was held');
    // What was broken off makes the streams of the site in this session, and there it ends.
    const stranger = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(stranger);
    const isMade = () =>
      streams
        .info('CONTRACTOR_test_TASKS_paris')
        .then(() => true)
        .catch(() => false);
    await until(isMade);
    await stranger.close();
    // On the same connection, and later: the first message of the stream.
    expect(await sendUntilHeld(foreman, task('2', 'paris'))).toBe('1');
  });

  it('takes reports again after somebody has removed its consumer', async () => {
    const { server, reports, foreman, listener, startAgent } = wire();
    await foreman.start(listener);
    await startAgent(done);
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    const stranger = await connect({ servers: server.url });
    const { consumers } = await jetstreamManager(stranger);
    await consumers.delete('CONTRACTOR_test_RESULTS', 'foreman');
    await stranger.close();
    await foreman.send(task('2'));
    await until(() => reports.length === 2);
  });
});
