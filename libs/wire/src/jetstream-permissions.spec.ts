import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { recordedLog, startNatsServer, until, type NatsServer } from '#testing';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import { natsConfiguration, type NatsSubcontractor } from './nats-account.ts';
import { natsKey, type NatsKey } from './nats-key.ts';
import type { ForemanWire, Report, TaskHandler } from './wire.ts';

jest.setTimeout(120_000);

const keys = {
  server: natsKey('the secret of the server'),
  berlin: natsKey('the token of berlin'),
  paris: natsKey('the token of paris'),
  ssh: natsKey('the token of ssh in berlin'),
  everywhere: natsKey('the token of all sites'),
};
const subcontractor = (name: keyof typeof keys, sites: string[], modules: string[]): NatsSubcontractor => ({
  name,
  publicKey: keys[name].publicKey,
  sites,
  modules,
});
const all = [
  subcontractor('berlin', ['berlin'], ['ipmi']),
  subcontractor('paris', ['paris'], ['*']),
  subcontractor('ssh', ['berlin'], ['ssh']),
  subcontractor('everywhere', ['*'], ['*']),
];
const configuration = (subcontractors: readonly NatsSubcontractor[] = all): string =>
  natsConfiguration({ installation: 'lab', server: keys.server.publicKey, subcontractors });

const about = { function: 'power', parameters: {}, job: 1 };
const done: TaskHandler = async ({ task }) => ({ result: { task } });

describe('NATS with the configuration that the product writes', () => {
  let server: NatsServer;
  let foreman: ForemanWire;
  let reports: Report[];
  const ends: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    server = await startNatsServer({ config: configuration() });
    reports = [];
    foreman = jetstreamForeman({
      servers: server.url,
      installation: { id: 'lab', data: 'd' },
      seed: keys.server.seed,
      reconnectEvery: 10,
    });
    await foreman.start({
      reported: async (report) => void reports.push(report),
      beat: () => undefined,
      served: () => undefined,
    });
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await foreman.stop();
    await server.stop();
  });

  const agent = async (key: NatsKey | undefined, site: string, module = 'ipmi') => {
    const { log, lines } = recordedLog();
    const wire = jetstreamAgent({ servers: server.url, key, log, reconnectEvery: 10 }, { announceEvery: 30 });
    ends.push(() => wire.stop());
    await wire.start({ agent: `${site}-1`, site, modules: { [module]: 1 } }, done);
    return lines;
  };
  /** Connects as the holder of a key and nobody else. */
  const as = async (key: NatsKey): Promise<NatsConnection> => {
    const connection = await connect({
      servers: server.url,
      authenticator: nkeyAuthenticator(key.seed),
      inboxPrefix: `_INBOX_${key.publicKey}`,
    });
    ends.push(() => connection.close());
    return connection;
  };

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

  const streams = '$JS.API.STREAM';
  const consumers = '$JS.API.CONSUMER';
  const imported = 'contractor.lab.js.CONSUMER';
  it.each([
    ['berlin', 'read the tasks of another site', `${consumers}.MSG.NEXT.CONTRACTOR_lab_TASKS_paris.ipmi`],
    ['berlin', 'look at the tasks of another site', `${streams}.MSG.GET.CONTRACTOR_lab_TASKS_paris`],
    ['berlin', 'read the tasks of another module', `${consumers}.MSG.NEXT.CONTRACTOR_lab_TASKS_berlin.ssh`],
    ['berlin', 'look at all tasks of its site', `${streams}.MSG.GET.CONTRACTOR_lab_TASKS_berlin`],
    ['berlin', 'read the tasks of another site', `${imported}.MSG.NEXT.CONTRACTOR_lab_TASKS_paris.ipmi`],
    ['berlin', 'read the tasks of another module', `${imported}.MSG.NEXT.CONTRACTOR_lab_TASKS_berlin.ssh`],
    ['everywhere', 'read the reports', `${imported}.MSG.NEXT.CONTRACTOR_lab_RESULTS.foreman`],
    ['everywhere', 'look at the reader of the reports', `${imported}.INFO.CONTRACTOR_lab_RESULTS.foreman`],
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

  it.each([
    ['the server', 'contractor.discover.berlin', '{}', 'STREAM.PURGE'],
    ['the stream of the reports', 'contractor.lab.results.berlin.ipmi', '{}', 'STREAM.PURGE'],
    ['the stream of the claims', 'contractor.lab.claims.berlin.ipmi.c1', '{}', 'STREAM.PURGE'],
    ['JetStream', `${imported}.INFO.CONTRACTOR_lab_TASKS_berlin.ipmi`, '', 'STREAM.PURGE'],
    [
      'JetStream',
      `${imported}.MSG.NEXT.CONTRACTOR_lab_TASKS_berlin.ipmi`,
      '{"batch":1,"no_wait":true}',
      'STREAM.DELETE',
    ],
  ])('has no answer of %s to a subcontractor go to where it may not publish: %s', async (_, subject, body, action) => {
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

  it('lets in a subcontractor after its key was added, and nobody any more whose key was taken away', async () => {
    await server.reload(configuration(all.filter(({ name }) => name !== 'berlin')));
    const lines = await agent(keys.berlin, 'berlin');
    expect(JSON.stringify(lines)).toMatch(/Authorization Violation/i);
    await server.reload(configuration());
    await until(() => foreman.serves('berlin', 'ipmi'));
    await server.reload(configuration(all.filter(({ name }) => name !== 'berlin')));
    await until(() => !foreman.serves('berlin', 'ipmi'));
  });
});

it('an earlier configuration, without claims, is brought up to date by two reloads', async () => {
  const earlier = configuration()
    .split('\n')
    .filter((line) => !/service.*claims/.test(line))
    .join('\n')
    .replaceAll(/, "contractor[.]lab[.]claims[^"]*"/g, '');
  const server = await startNatsServer({ config: earlier });
  const reports: Report[] = [];
  const foreman = jetstreamForeman({
    servers: server.url,
    installation: { id: 'lab', data: 'd' },
    seed: keys.server.seed,
    reconnectEvery: 10,
  });
  await foreman.start({
    reported: async (report) => void reports.push(report),
    beat: () => undefined,
    served: () => undefined,
  });
  const agent = jetstreamAgent({ servers: server.url, key: keys.berlin, reconnectEvery: 10 }, { announceEvery: 30 });
  await agent.start({ agent: 'berlin-1', site: 'berlin', modules: { ipmi: 1 } }, done);
  await until(() => foreman.serves('berlin', 'ipmi'));
  for (let n = 0; n < 2; n += 1) await server.reload(configuration());
  await until(() => foreman.serves('berlin', 'ipmi'));
  await foreman.send({ task: '1', cookie: 'c1', site: 'berlin', module: 'ipmi', ...about, once: true });
  await until(() => reports.length === 1);
  expect(reports[0]?.outcome).toEqual({ result: { task: '1' } });
  await agent.stop();
  await foreman.stop();
  await server.stop();
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
