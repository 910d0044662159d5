import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AckPolicy, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { recordedLog, startNatsServer, until, type NatsServer } from '#testing';
import { checkInstallation } from './check-installation.ts';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import { InstallationTaken } from './streams.ts';
import type { ForemanWire, ForemanWireListener, Report, TaskHandler, UnreadableReport } from './wire.ts';

jest.setTimeout(120_000);

const about = { module: 'ipmi', function: 'power', parameters: {}, job: 1 };

describe('installations on one NATS', () => {
  let server: NatsServer;
  const ends: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    server = await startNatsServer();
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await server.stop();
  });

  interface Office {
    readonly wire: ForemanWire;
    readonly reports: Report[];
    readonly unreadable: UnreadableReport[];
    readonly lines: readonly object[];
    readonly start: () => Promise<void>;
  }
  const office = (id: string, more: Partial<ForemanWireListener> = {}, data = `data of ${id}`): Office => {
    const { log, lines } = recordedLog();
    const wire = jetstreamForeman(
      { servers: server.url, installation: { id, data }, reconnectEvery: 10, log },
      { ackWait: 500, retryFirst: 10, retryMost: 20 },
    );
    const reports: Report[] = [];
    const unreadable: UnreadableReport[] = [];
    ends.push(() => wire.stop());
    const listener: ForemanWireListener = {
      reported: async (report) => void reports.push(report),
      beat: () => undefined,
      served: () => undefined,
      unreadable: async (message) => void unreadable.push(message),
      ...more,
    };
    return { wire, reports, unreadable, lines, start: () => wire.start(listener) };
  };
  const opened = async (...how: Parameters<typeof office>): Promise<Office> => {
    const made = office(...how);
    await made.start();
    while ((await made.wire.health()).fault === 'it is starting') await setImmediate();
    return made;
  };
  const agent = async (name: string, site: string, installation?: string) => {
    const { log, lines } = recordedLog();
    const wire = jetstreamAgent(
      { servers: server.url, installation, reconnectEvery: 10, log },
      { announceEvery: 30, beatEvery: 10, reportAgain: 10 },
    );
    ends.unshift(() => wire.stop());
    const work: TaskHandler = async ({ task }) => ({ result: { task, by: name } });
    await wire.start({ agent: name, site, modules: { ipmi: 2 } }, work);
    return { reasons: () => lines.flatMap(({ level, reason }) => (level === 'warn' ? [reason] : [])) };
  };
  const streamNames = async (): Promise<string[]> => {
    const connection = await connect({ servers: server.url });
    const found: string[] = [];
    for await (const name of (await jetstreamManager(connection)).streams.names()) found.push(name);
    await connection.close();
    return found.toSorted();
  };
  const publish = async (...messages: readonly (readonly [string, string])[]): Promise<void> => {
    const connection = await connect({ servers: server.url });
    for (const message of messages) connection.publish(...message);
    await connection.drain();
  };

  it('each get their own tasks and reports, with sites and modules of the same name', async () => {
    const [one, other] = [await opened('one'), await opened('other')];
    await agent('of-one', 'berlin', 'one');
    await agent('of-other', 'berlin', 'other');
    await until(() => one.wire.serves('berlin', 'ipmi') && other.wire.serves('berlin', 'ipmi'));
    const count = 20;
    for (let n = 0; n < count; n += 1) {
      const task = { task: `${n}-1`, site: 'berlin', ...about };
      await Promise.all([
        one.wire.send({ ...task, cookie: `one ${n}` }),
        other.wire.send({ ...task, cookie: `other ${n}` }),
      ]);
    }
    await until(() => one.reports.length === count && other.reports.length === count);
    expect(one.reports.every(({ cookie, agent: by }) => cookie.startsWith('one ') && by === 'of-one')).toBe(true);
    expect(other.reports.every(({ cookie, agent: by }) => cookie.startsWith('other ') && by === 'of-other')).toBe(true);
  });

  it('of one id on other data: the second is refused, with both, also where the first has gone', async () => {
    const check = (data: string) => checkInstallation({ servers: server.url, installation: { id: 'lab', data } });
    await check('data 1');
    await expect(check('data 2')).rejects.toThrow(InstallationTaken);
    await expect(check('data 2')).rejects.toThrow(/"lab" .*data 1.*data 2.*CONTRACTOR_INSTALLATION/);
    const first = await opened('lab', {}, 'data 1');
    await opened('lab', {}, 'data 1');
    const second = await opened('lab', {}, 'data 2');
    await agent('a1', 'berlin');
    await until(() => first.wire.serves('berlin', 'ipmi'));
    expect(second.wire.serves('berlin', 'ipmi')).toBe(false);
    expect((await second.wire.health()).fault).toMatch(/data 1.*data 2/);
    await expect(second.wire.send({ task: '1', cookie: 'c', site: 'berlin', ...about })).rejects.toThrow(/data 1/);
    await server.kill();
    await check('data 2');
  });

  it('of one id on other data: one that was there before NATS takes no part, and says why', async () => {
    await server.kill();
    const first = office('lab', {}, 'data 1');
    const second = office('lab', {}, 'data 2');
    await Promise.all([first.start(), second.start()]);
    await server.restart();
    const faults = async () =>
      (await Promise.all([first, second].map(({ wire }) => wire.health()))).map(({ fault }) => fault);
    await until(async () => {
      const told = (await faults()).map((fault) => fault ?? 'none').toSorted();
      return told.includes('none') && told.some((fault) => /has other data .*name this one otherwise/.test(fault));
    });
    await agent('a1', 'berlin');
    await until(() => first.wire.serves('berlin', 'ipmi') || second.wire.serves('berlin', 'ipmi'));
    expect(first.wire.serves('berlin', 'ipmi')).not.toBe(second.wire.serves('berlin', 'ipmi'));
  });

  it('are found by an agent that is not told its own, by the site it serves', async () => {
    const one = await opened('one', { hasSite: async (site) => site === 'berlin' });
    const other = await opened('other', { hasSite: async (site) => site !== 'berlin' });
    await agent('a1', 'berlin');
    await agent('a2', 'paris');
    await until(() => one.wire.serves('berlin', 'ipmi') && other.wire.serves('paris', 'ipmi'));
    expect([one.wire.serves('paris', 'ipmi'), other.wire.serves('berlin', 'ipmi')]).toEqual([false, false]);
  });

  it('that both have its site: the agent asks to be told', async () => {
    await opened('one');
    await opened('other');
    const { reasons } = await agent('a1', 'berlin');
    await until(() => reasons().length > 0);
    expect(reasons()).toEqual([expect.stringMatching(/name one of one, other with CONTRACTOR_INSTALLATION/)]);
  });

  it('make no streams for sites that do not exist, and tell the agents; a site made later is served', async () => {
    const sites = new Set<string>();
    const asked: string[] = [];
    const lab = await opened('lab', {
      hasSite: async (site, by) => {
        asked.push(`${by} ${site}`);
        return sites.has(site);
      },
    });
    const found = await agent('a1', 'berlin');
    const told = await agent('a2', 'berlin', 'lab');
    const presence = JSON.stringify({ agent: 'x', modules: { ipmi: 1 }, every: 1000, lacking: ['ipmi'] });
    await publish(...Array.from({ length: 200 }, (_, n) => [`contractor.lab.agents.s${n}`, presence] as const));
    await until(
      () => found.reasons().length > 0 && told.reasons().length > 0 && asked.some((ask) => ask.startsWith('x s')),
    );
    const reason = 'the installation "lab" has no site "berlin"';
    expect([...found.reasons(), ...told.reasons()]).toEqual([reason, reason]);
    expect(await streamNames()).toEqual(['CONTRACTOR_lab_RESULTS']);
    sites.add('berlin');
    await until(() => lab.wire.serves('berlin', 'ipmi'));
    await lab.wire.send({ task: '1', cookie: 'c', site: 'berlin', ...about });
    await until(() => lab.reports.length === 1);
    expect(await streamNames()).toEqual([
      'CONTRACTOR_lab_CLAIMS_berlin',
      'CONTRACTOR_lab_RESULTS',
      'CONTRACTOR_lab_TASKS_berlin',
    ]);
  });

  it('take off reports that cannot be read, once, and fail the tasks of those that are too deep', async () => {
    const lab = await opened('lab');
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const report = { task: '1-1', cookie: 'c', job: 1, agent: 'a' };
    const whole = JSON.stringify({ ...report, outcome: { result: {} } });
    await publish(
      ['contractor.lab.results.berlin.ipmi', 'junk'],
      [
        'contractor.lab.results.berlin.ipmi',
        `{"task":"1-1","cookie":"c","job":1,"agent":"a","outcome":{"result":{"a":${deep}}}}`,
      ],
      ['contractor.lab.results.berlin.ipmi', JSON.stringify(report)],
      ['contractor.lab.results.berlin.ipmi', whole],
    );
    await until(() => lab.reports.length === 2 && lab.unreadable.length === 3);
    const flaw = 'it is nested deeper than 100 levels';
    expect(lab.unreadable.map((one) => one.flaw).toSorted()).toEqual(['it has no outcome', flaw, 'it is no report']);
    expect(lab.reports).toContainEqual({ ...report, outcome: { error: `the outcome cannot be taken: ${flaw}` } });
    await lab.wire.stop();
    const again = await opened('lab', {}, 'data of lab');
    await publish(['contractor.lab.results.berlin.ipmi', whole]);
    await until(() => again.reports.length === 1);
    expect([again.reports.length, again.unreadable]).toEqual([1, []]);
  });

  it('take the reports that agents of an earlier version have left for them, and leave those of others', async () => {
    const connection = await connect({ servers: server.url });
    const { streams, consumers } = await jetstreamManager(connection);
    await streams.add({ name: 'RESULTS', subjects: ['results.>'], retention: RetentionPolicy.Workqueue });
    await consumers.add('RESULTS', { durable_name: 'foreman', ack_policy: AckPolicy.Explicit });
    const report = (cookie: string) =>
      JSON.stringify({ task: 't', cookie, job: 1, agent: 'a', outcome: { result: {} } });
    for (const cookie of ['mine 1', 'theirs', 'mine 2']) await publish(['results.berlin.ipmi', report(cookie)]);
    const lab = await opened('lab', { handedOver: async (cookie) => cookie.startsWith('mine') });
    await until(() => lab.reports.length === 2);
    expect(lab.reports.map(({ cookie }) => cookie)).toEqual(['mine 1', 'mine 2']);
    let left = 3;
    while (left !== 1) left = (await streams.info('RESULTS')).state.messages;
    await publish(['agents.berlin', '{}']);
    await until(() => lab.lines.some((line) => JSON.stringify(line).includes('earlier version is not heard')));
    await connection.close();
  });
});
