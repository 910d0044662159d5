import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { recordedLog, startNatsServer, until, type NatsServer } from '#testing';
import { about, all, configuration, done, keys } from '../test/nats-accounts.ts';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import { natsKey, type NatsKey } from './nats-key.ts';
import type { Beat, ForemanWire, Report, TaskHandler, TaskPlace, UnreadableReport } from './wire.ts';

jest.setTimeout(120_000);

describe('NATS with the configuration that the product writes', () => {
  let server: NatsServer;
  let foreman: ForemanWire;
  let reports: Report[];
  let beats: Beat[];
  let unreadable: UnreadableReport[];
  let place: TaskPlace | undefined;
  const ends: (() => Promise<void>)[] = [];

  const start = async (): Promise<void> => {
    server = await startNatsServer({ config: configuration() });
    [reports, beats, unreadable, place] = [[], [], [], undefined];
    foreman = jetstreamForeman(
      {
        servers: server.url,
        installation: { id: 'lab', data: 'd' },
        seed: keys.server.seed,
        reconnectEvery: 10,
      },
      { retryFirst: 1, retryMost: 2 },
    );
    await foreman.start({
      reported: async (report) => void reports.push(report),
      beat: (beat) => void beats.push(beat),
      served: () => undefined,
      unreadable: async (message) => void unreadable.push(message),
      placeOf: async () => place,
    });
  };
  const stop = async (): Promise<void> => {
    await foreman.stop();
    await server.stop();
  };
  const end = async (): Promise<void> => {
    for (const one of ends.splice(0)) await one();
  };

  const agent = async (key: NatsKey | undefined, site: string, module = 'ipmi', work = done) => {
    const { log, lines } = recordedLog();
    const wire = jetstreamAgent({ servers: server.url, key, log, reconnectEvery: 10 }, { announceEvery: 30 });
    ends.push(() => wire.stop());
    await wire.start({ agent: `${site}-1`, site, modules: { [module]: 1 } }, work);
    return lines;
  };
  /** Connects as the holder of a key and nobody else. */
  const as = async (key: NatsKey): Promise<NatsConnection> => {
    const connection = await connect({
      servers: server.url,
      authenticator: nkeyAuthenticator(key.seed),
      inboxPrefix: `_INBOX_${key.publicKey}`,
      timeout: 60_000,
    });
    ends.push(() => connection.close());
    return connection;
  };

  const streams = '$JS.API.STREAM';
  const consumers = '$JS.API.CONSUMER';
  const imported = `contractor.lab.js.${keys.berlin.publicKey}.CONSUMER`;
  const former = 'contractor.lab.js.CONSUMER';
  const everywhere = `contractor.lab.js.${keys.everywhere.publicKey}.CONSUMER`;
  // Nothing of it is done, so one server is asked for all of it.
  describe('refuses', () => {
    beforeAll(start);
    afterEach(end);
    afterAll(stop);

    it.each([
      ['berlin', 'read the tasks of another site', `${consumers}.MSG.NEXT.CONTRACTOR_lab_TASKS_paris.ipmi`],
      ['berlin', 'look at the tasks of another site', `${streams}.MSG.GET.CONTRACTOR_lab_TASKS_paris`],
      ['berlin', 'read the tasks of another module', `${consumers}.MSG.NEXT.CONTRACTOR_lab_TASKS_berlin.ssh`],
      ['berlin', 'look at all tasks of its site', `${streams}.MSG.GET.CONTRACTOR_lab_TASKS_berlin`],
      ['berlin', 'read the tasks of another site', `${imported}.MSG.NEXT.CONTRACTOR_lab_TASKS_paris.ipmi`],
      ['berlin', 'read the tasks of another module', `${imported}.MSG.NEXT.CONTRACTOR_lab_TASKS_berlin.ssh`],
      ['berlin', 'read tasks as another agent', `${everywhere}.MSG.NEXT.CONTRACTOR_lab_TASKS_berlin.ipmi`],
      ['berlin', 'read the tasks of another site', `${former}.MSG.NEXT.CONTRACTOR_lab_TASKS_paris.ipmi`],
      ['everywhere', 'read the reports', `${everywhere}.MSG.NEXT.CONTRACTOR_lab_RESULTS.foreman`],
      ['everywhere', 'read the reports', `${former}.MSG.NEXT.CONTRACTOR_lab_RESULTS.foreman`],
      ['everywhere', 'look at the reader of the reports', `${everywhere}.INFO.CONTRACTOR_lab_RESULTS.foreman`],
      ['berlin', 'answer as another agent', `contractor.lab.results.berlin.ipmi.${keys.everywhere.publicKey}`],
      ['berlin', 'show life as another agent', `contractor.lab.beats.berlin.${keys.everywhere.publicKey}`],
      ['berlin', 'announce another agent', `contractor.lab.agents.berlin.${keys.everywhere.publicKey}`],
      ['everywhere', 'answer as another agent', `contractor.lab.results.berlin.ipmi.${keys.berlin.publicKey}`],
      ['berlin', 'answer for another site', `contractor.lab.results.paris.ipmi.${keys.berlin.publicKey}`],
      ['berlin', 'make a consumer', `${consumers}.DURABLE.CREATE.CONTRACTOR_lab_TASKS_berlin.mine`],
      ['berlin', 'answer for another site', 'contractor.lab.results.paris.ipmi'],
      ['berlin', 'answer for another module', 'contractor.lab.results.berlin.ssh'],
      ['berlin', 'claim for another site', 'contractor.lab.claims.paris.ipmi.c1'],
      ['berlin', 'claim for another module', 'contractor.lab.claims.berlin.ssh.c1'],
      ['berlin', 'acknowledge for another site', '$JS.ACK.CONTRACTOR_lab_TASKS_paris.ipmi.1.1.1.1.0'],
      ['berlin', 'send tasks', 'contractor.lab.tasks.berlin.ipmi'],
      ['berlin', 'remove a stream', `${streams}.DELETE.CONTRACTOR_lab_TASKS_berlin`],
      ['berlin', 'pass for a server', '_INBOX_berlin.x'],
      ['everywhere', 'read the reports', `${consumers}.MSG.NEXT.CONTRACTOR_lab_RESULTS.foreman`],
      ['everywhere', 'look at the reader of the reports', `${consumers}.INFO.CONTRACTOR_lab_RESULTS.foreman`],
      ['everywhere', 'acknowledge reports', '$JS.ACK.CONTRACTOR_lab_RESULTS.foreman.1.1.1.1.0'],
      ['everywhere', 'send tasks', 'contractor.lab.tasks.berlin.ipmi'],
    ] as const)('keeps %s from what is not its own: to %s', async (name, _, subject) => {
      const connection = await as(keys[name]);
      await expect(connection.request(subject, '', { timeout: 60_000 })).rejects.toThrow(/Permissions Violation/);
    });

    it.each(['contractor.>', 'contractor.lab.tasks.berlin.ipmi', '>', '_INBOX.>', `_INBOX_${keys.ssh.publicKey}.>`])(
      'keeps a subcontractor from hearing what is sent to %s',
      async (subject) => {
        const connection = await as(keys.berlin);
        let hear = (_: string) => undefined as void;
        const heard = new Promise<string>((resolve) => {
          hear = resolve;
        });
        connection.subscribe(subject, { callback: (error) => hear(String(error)) });
        expect(await heard).toMatch(/Permissions Violation for Subscription/);
      },
    );
  });

  describe('works', () => {
    beforeEach(start);
    afterEach(async () => {
      await end();
      await stop();
    });

    it.each([
      ['its own site and module', 'berlin', 'berlin', 'ipmi'],
      ['any module, where it may', 'paris', 'paris', 'ssh'],
      ['any site and module, where it may', 'everywhere', 'berlin', 'ipmi'],
    ] as const)('lets a subcontractor serve %s', async (_, name, site, module) => {
      await agent(keys[name], site, module);
      await until(() => foreman.serves(site, module));
      await foreman.send({ task: '1', cookie: 'c1', site, module, ...about });
      await foreman.send({ task: '2', cookie: 'c2', site, module, ...about, once: true });
      await until(() => reports.length === 2);
      for (const { agent: name } of reports) expect(name).toBe(`${site}-1`);
      expect(reports.map(({ outcome }) => outcome)).toEqual([{ result: { task: '1' } }, { result: { task: '2' } }]);
    });

    it('tells the secrets of a task to those who may take it, and to nobody else; they are not on the disk of NATS', async () => {
      const secret = { parameters: { password: 'open sesame' }, secrets: [['password']] };
      const got: unknown[] = [];
      const work: TaskHandler = async ({ parameters }) => {
        got.push(parameters);
        return { result: {} };
      };
      const sent = { task: '1', cookie: 'c1', site: 'berlin', module: 'ipmi', ...about, ...secret };
      const ask = (as: NatsConnection, site: string) =>
        as.request(`contractor.lab.secrets.${site}.ipmi.c1`, '{"job":1}', { timeout: 60_000 });
      const [paris, everywhere] = [await as(keys.paris), await as(keys.everywhere)];
      await agent(keys.berlin, 'berlin', 'ipmi', work);
      await until(() => foreman.serves('berlin', 'ipmi'));
      await foreman.send(sent);
      await until(() => got.length === 1);
      expect(got).toEqual([{ password: 'open sesame' }]);
      // One that nobody takes stays in the file.
      await foreman.send({ ...sent, cookie: 'c2', module: 'ssh' });
      await until(() => server.holds('"password":null'));
      expect(await server.holds('open sesame')).toBe(false);
      await expect(ask(paris, 'berlin')).rejects.toThrow(/Permissions/);
      expect((await ask(everywhere, 'paris')).json()).toEqual({});
    });

    it('fails a task that must be claimed where its configuration does not allow that yet', async () => {
      await server.reload(configuration().replaceAll(/, "contractor[.]lab[.]claims[^"]*"/g, ''));
      await agent(keys.berlin, 'berlin');
      await until(() => foreman.serves('berlin', 'ipmi'));
      await foreman.send({ task: '1', cookie: 'c1', site: 'berlin', module: 'ipmi', ...about, once: true });
      await until(() => reports.length === 1);
      expect(reports[0]?.outcome).toEqual({
        error: expect.stringMatching(/^the task could not be claimed: .*"contractor nats config" and reset the job$/),
      });
    });

    it('lets nobody in who has no key, and the server does not complain of strangers', async () => {
      await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow(/Authorization/i);
      await expect(as(natsKey('the token of nobody'))).rejects.toThrow(/Authorization/i);
      const lines = await agent(undefined, 'berlin');
      expect(lines).toMatchObject([{ level: 'warn', reason: expect.stringMatching(/Authorization Violation/i) }]);
      expect((await foreman.health()).warning).toBeUndefined();
    });

    it('keeps a subcontractor from announcing itself for another site', async () => {
      const lines = await agent(keys.berlin, 'paris');
      await until(() => lines.some(({ level }) => level === 'warn'));
      expect(JSON.stringify(lines)).toMatch(/Permissions Violation for Publish to \\"contractor.discover.paris/);
      const berlin = await as(keys.berlin);
      await expect(berlin.request('contractor.lab.agents.paris', '{}', { timeout: 60_000 })).rejects.toThrow(
        /Permissions/,
      );
      expect(foreman.serves('paris', 'ipmi')).toBe(false);
    });

    it.each([
      ['the server', 'contractor.discover.berlin', '{}', 'STREAM.PURGE'],
      [
        'the stream of the reports',
        `contractor.lab.results.berlin.ipmi.${keys.berlin.publicKey}`,
        '{}',
        'STREAM.PURGE',
      ],
      ['the stream of the claims', 'contractor.lab.claims.berlin.ipmi.c1', '{}', 'STREAM.PURGE'],
      ['JetStream', `${imported}.INFO.CONTRACTOR_lab_TASKS_berlin.ipmi`, '', 'STREAM.PURGE'],
      [
        'JetStream',
        `${imported}.MSG.NEXT.CONTRACTOR_lab_TASKS_berlin.ipmi`,
        '{"batch":1,"no_wait":true}',
        'STREAM.DELETE',
      ],
    ])(
      'has no answer of %s to a subcontractor go to where it may not publish: %s',
      async (_, subject, body, action) => {
        for (const site of ['berlin', 'paris'] as const) {
          await agent(keys[site], site);
          await until(() => foreman.serves(site, 'ipmi'));
          await ends.pop()?.();
        }
        await foreman.send({ task: '1', cookie: 'c1', site: 'paris', module: 'ipmi', ...about });
        const berlin = await as(keys.berlin);
        const stream = 'CONTRACTOR_lab_TASKS_paris';
        berlin.publish(subject, body, { reply: `$JS.API.${action}.${stream}` });
        // Answered in the same ways, and later: what came of the first is seen by now.
        await berlin.request('contractor.discover.berlin', '{}', { timeout: 60_000 });
        await berlin.request(`${imported}.INFO.CONTRACTOR_lab_TASKS_berlin.ipmi`, '', { timeout: 60_000 });
        const operator = await connect({ servers: server.url, authenticator: nkeyAuthenticator(keys.server.seed) });
        ends.push(() => operator.close());
        const { streams: kept } = await jetstreamManager(operator);
        expect((await kept.info(stream)).state.messages).toBe(1);
      },
    );

    it('has no answer to a subcontractor acknowledge the task of another, or speak for another', async () => {
      await agent(keys.paris, 'paris');
      await until(() => foreman.serves('paris', 'ipmi'));
      await ends.pop()?.();
      await foreman.send({ task: '1', cookie: 'c1', site: 'paris', module: 'ipmi', ...about });
      const operator = await connect({ servers: server.url, authenticator: nkeyAuthenticator(keys.server.seed) });
      ends.push(() => operator.close());
      const paris = await jetstream(operator).consumers.get('CONTRACTOR_lab_TASKS_paris', 'ipmi');
      const { msg: taken } = (await paris.next()) as JsMsg & { readonly msg: Msg };
      const acknowledgement = taken.reply;
      const berlin = await as(keys.berlin);
      const mine = `contractor.lab.results.berlin.ipmi.${keys.berlin.publicKey}`;
      const theirs = `contractor.lab.results.paris.ipmi.${keys.paris.publicKey}`;
      // The name of the acknowledgement is as good as guessed.
      for (const reply of [acknowledgement, theirs]) berlin.publish(mine, '{}', { reply: reply ?? mine });
      await berlin.request('contractor.discover.berlin', '{}', { timeout: 60_000 });
      const { streams: kept } = await jetstreamManager(operator);
      expect((await kept.info('CONTRACTOR_lab_TASKS_paris')).state.messages).toBe(1);
      await until(() => unreadable.length > 0);
      expect(unreadable.map(({ source }) => source)).not.toContain(theirs);
    });

    it('takes a report from the agent that holds the task and from no other, whoever knows its cookie', async () => {
      let finish = () => undefined as void;
      const working = new Promise<void>((resolve) => {
        finish = resolve;
      });
      await agent(keys.berlin, 'berlin', 'ipmi', async ({ task }) => working.then(() => ({ result: { task } })));
      await until(() => foreman.serves('berlin', 'ipmi'));
      await foreman.send({ task: '1', cookie: 'c1', site: 'berlin', module: 'ipmi', ...about });
      await until(() => beats.length > 0);
      const report = (by: string): string =>
        JSON.stringify({ task: '1', cookie: 'c1', job: 1, agent: by, outcome: { result: { forged: true } } });
      const everywhere = await as(keys.everywhere);
      const name = keys.everywhere.publicKey;
      everywhere.publish(`contractor.lab.results.berlin.ipmi.${name}`, report('berlin-1'));
      everywhere.publish(`contractor.lab.results.paris.ipmi.${name}`, report('berlin-1'));
      await until(() => unreadable.length === 2);
      finish();
      await until(() => reports.length > 0);
      expect(reports.map(({ outcome }) => outcome)).toEqual([{ result: { task: '1' } }]);
      expect(unreadable.map(({ flaw }) => flaw).toSorted()).toEqual([
        'an agent of paris/ipmi reports a task of berlin/ipmi',
        `the agent ${name} reports a task that ${keys.berlin.publicKey} holds`,
      ]);
    });

    it('asks where a task was handed to that an earlier foreman has sent', async () => {
      place = { site: 'berlin', module: 'ipmi' };
      const everywhere = await as(keys.everywhere);
      const name = keys.everywhere.publicKey;
      const report = { task: '1', cookie: 'c1', job: 1, agent: 'x', outcome: { result: {} } };
      everywhere.publish(`contractor.lab.results.paris.ipmi.${name}`, JSON.stringify(report));
      await until(() => unreadable.length === 1);
      everywhere.publish(`contractor.lab.results.berlin.ipmi.${name}`, JSON.stringify(report));
      await until(() => reports.length === 1);
      expect(unreadable[0]?.flaw).toBe('an agent of paris/ipmi reports a task of berlin/ipmi');
    });

    it('lets in a subcontractor after its key was added, and nobody any more whose key was taken away', async () => {
      await server.reload(configuration(all.filter(({ name }) => name !== 'berlin')));
      const lines = await agent(keys.berlin, 'berlin');
      expect(JSON.stringify(lines)).toMatch(/Authorization Violation/i);
      // NATS 2.9 joins a new account to the others at the second one.
      for (let n = 0; n < 2; n += 1) await server.reload(configuration());
      await until(() => foreman.serves('berlin', 'ipmi'));
      await server.reload(configuration(all.filter(({ name }) => name !== 'berlin')));
      await until(() => !foreman.serves('berlin', 'ipmi'));
    });
  });
});

describe('NATS that takes anybody', () => {
  it('is told', async () => {
    const server = await startNatsServer();
    const foreman = jetstreamForeman({
      servers: server.url,
      installation: { id: 'lab', data: 'd' },
      seed: keys.server.seed,
    });
    await foreman.start({ reported: async () => undefined, beat: () => undefined, served: () => undefined });
    expect(await foreman.health()).toEqual({
      warning: expect.stringMatching(/^NATS takes anybody: /),
      details: { installation: 'lab', agents: 0 },
    });
    await foreman.stop();
    await server.stop();
  });
});
