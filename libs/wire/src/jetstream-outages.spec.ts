import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Logger } from '#kernel';
import { recordedLog, startNatsServer, startRelay, type NatsServer, until } from '#testing';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import { MAX_CLAIMS } from './streams.ts';
import { MaybeHeld, TaskTooLarge } from './wire.ts';
import type { AgentWire, ForemanWire, ForemanWireListener, Outcome, Report, Task, TaskHandler } from './wire.ts';

const task = (id: string, site = 'berlin'): Task => ({
  task: id,
  cookie: `cookie-${id}`,
  job: 1,
  site,
  module: 'ipmi',
  function: 'power',
  parameters: {},
});

/** Resolves once the foreman's end has taken the task. */
const sendUntilHeld = (foreman: ForemanWire, it: Task): Promise<string | undefined> =>
  foreman.send(it).catch(async () => {
    await sleep(5);
    return sendUntilHeld(foreman, it);
  });

describe('the wire over NATS', () => {
  let server: NatsServer;
  let reports: Report[];
  let served: string[];
  let foreman: ForemanWire;
  let agents: AgentWire[];
  let listener: ForemanWireListener;

  beforeEach(async () => {
    server = await startNatsServer();
    reports = [];
    served = [];
    agents = [];
    listener = {
      reported: async (report) => void reports.push(report),
      beat: () => undefined,
      served: (site, module) => void served.push(`${site} ${module}`),
    };
    foreman = foremanOf(server.url);
  });
  afterEach(async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    await foreman.stop();
    await server.stop();
  });

  const foremanOf = (servers: string) =>
    jetstreamForeman(
      { servers, reconnectEvery: 10, installation: { id: 'test', data: 'd' } },
      { ackWait: 400, retryFirst: 10, retryMost: 20 },
    );
  const agentOf = (servers = server.url, log?: Logger): AgentWire => {
    const periods = { announceEvery: 100, beatEvery: 10, reportAgain: 10 };
    const agent = jetstreamAgent({ servers, reconnectEvery: 10, log }, periods);
    agents.push(agent);
    return agent;
  };
  const startAgent = (work: TaskHandler, servers?: string) =>
    agentOf(servers).start({ agent: 'a1', site: 'berlin', modules: { ipmi: 4 } }, work);
  const done: TaskHandler = async ({ task }) => ({ result: { task } });

  it('may begin before the server is there', async () => {
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

  it('has an agent with nothing to do announce itself less often, and at once when it has something to do', async () => {
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
    const before = periods.length;
    await server.restart();
    await until(() => foreman.serves('berlin', 'ipmi'));
    await stranger.flush();
    await until(() => periods.length > before);
    expect(periods[before]).toBe(20);
    await stranger.close();
  });

  it('knows from the start of those that are recorded, and gives them tasks before they announce themselves', async () => {
    const recorded = async () => [{ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }];
    await foreman.start(listener);
    const agent = jetstreamAgent({ servers: server.url }, { announceEvery: 3_600_000, beatEvery: 10 });
    agents.push(agent);
    await agent.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }, done);
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    await foreman.stop();
    foreman = foremanOf(server.url);
    served = [];
    await foreman.start({ ...listener, recorded });
    expect([served, foreman.serves('berlin', 'ipmi'), foreman.agents()]).toEqual([['berlin ipmi'], true, []]);
    await foreman.send(task('2'));
    await until(() => reports.length === 2);
    await agent.stop();
    await until(() => !foreman.serves('berlin', 'ipmi'));
    // Where it cannot be found out, nobody is there until they say so.
    await foreman.stop();
    foreman = foremanOf(server.url);
    await foreman.start({ ...listener, recorded: () => Promise.reject(new Error('no database')) });
    expect(foreman.serves('berlin', 'ipmi')).toBe(false);
  });

  it('knows at once that an agent has left', async () => {
    await foreman.start(listener);
    const agent = jetstreamAgent({ servers: server.url }, { announceEvery: 60_000 });
    await agent.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }, done);
    await until(() => foreman.serves('berlin', 'ipmi'));
    await agent.stop();
    await until(() => !foreman.serves('berlin', 'ipmi'));
  });

  it('keeps what was reached while the server was away, and reports it later', async () => {
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
    const relay = await startRelay(Number(new URL(server.url).port));
    const ends: ((outcome: Outcome) => void)[] = [];
    await foreman.start(listener);
    await startAgent(() => new Promise((resolve) => ends.push(resolve)), `127.0.0.1:${relay.port}`);
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
    await Promise.all(agents.map((agent) => agent.stop()));
    await relay.stop();
  });

  it('has each task that must not be begun twice begun once, where NATS is killed right after its delivery', async () => {
    const begun: string[] = [];
    const work: TaskHandler = async ({ cookie }) => {
      begun.push(cookie);
      await sleep(20);
      return { result: {} };
    };
    await foreman.start(listener);
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

  it('begins nothing that was taken back, also where it is on its way to an agent', async () => {
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

  it('removes no other message by a receipt of a stream that was lost', async () => {
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
    await foreman.start(listener);
    await startAgent(done);
    await sendUntilHeld(foreman, { ...task('1'), once: true });
    await until(() => reports.length === 1);
    await server.restart({ emptied: true });
    await sendUntilHeld(foreman, { ...task('2'), once: true });
    await until(() => reports.length === 2);
  });

  it('tells that NATS is away, also while it is not started: its server stands by', async () => {
    expect((await foreman.health()).fault).toBeUndefined();
    await server.kill();
    await until(async () => /ECONNREFUSED|refused/i.test((await foreman.health()).fault ?? ''));
    await server.restart();
    await foreman.start(listener);
    expect((await foreman.health()).fault).toBeUndefined();
  });

  it('tells that NATS stands still, though it is connected, and that it goes on', async () => {
    await foreman.start(listener);
    server.signal('SIGSTOP');
    const silent = until(async () => (await foreman.health()).fault === 'NATS does not answer within 2000 ms');
    await silent.finally(() => server.signal('SIGCONT'));
    await until(async () => (await foreman.health()).fault === undefined);
  });

  it('keeps so many claims, and no more', async () => {
    await foreman.start(listener);
    await foreman.send(task('1'));
    const stranger = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(stranger);
    const { config } = await streams.info('CONTRACTOR_test_CLAIMS_berlin');
    await stranger.close();
    expect(config).toMatchObject({ max_msgs: MAX_CLAIMS, discard: 'old', max_age: 24 * 3600 * 1e9 });
  });

  it('lets an agent stop that waits for NATS to claim a task', async () => {
    const relay = await startRelay(Number(new URL(server.url).port));
    const { log, lines } = recordedLog();
    const begun: string[] = [];
    await foreman.start(listener);
    const agent = agentOf(`127.0.0.1:${relay.port}`, log);
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
    await relay.stop();
    expect(begun).toEqual([]);
  });

  it('leaves a long task to the agent that is at work on it', async () => {
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
    await foreman.start(listener);
    await startAgent(async () => ({ result: { text: 'x'.repeat(1_100_000) } }));
    await foreman.send(task('1'));
    await until(() => reports.length === 1);
    expect(reports[0]?.outcome).toEqual({
      error: expect.stringMatching(/^the outcome of 11\d{5} bytes is larger than the wire carries \(\d+\)$/),
    });
  });

  it('does not know whether NATS holds a task to which it gives no answer, and does not send it again by itself', async () => {
    await foreman.start(listener);
    await sendUntilHeld(foreman, task('1'));
    server.signal('SIGSTOP');
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
    await foreman.start(listener);
    server.signal('SIGSTOP');
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

  it('refuses a task that NATS can never carry', async () => {
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

  it('takes reports again after somebody has removed its consumer', async () => {
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

  it('has a report held also where somebody else has used its id', async () => {
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
    await foreman.start(listener);
    await expect(foreman.send(task('1', 'a.b'))).rejects.toThrow('the site "a.b" cannot be named on NATS');
    const start = (site: string) => agentOf().start({ agent: 'a1', site, modules: { ipmi: 1 } }, done);
    await expect(start('a b')).rejects.toThrow('the site "a b" cannot be named on NATS');
    await expect(start('*')).rejects.toThrow('over NATS an agent serves one site');
    await expect(startAgent(done, 'http://nowhere')).rejects.toThrow('an address of NATS is not of the form');
    await expect(foremanOf('').start(listener)).rejects.toThrow('no NATS server is named');
  });
});
