import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetstream, type JsMsg } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { recordedLog, startNatsServer, until, type NatsServer } from '#testing';
import { about, configuration, done, keys } from '../test/nats-accounts.ts';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import type { Beat, ForemanWire, Report } from './wire.ts';

jest.setTimeout(120_000);

/** What an earlier version wrote: one account for all subcontractors, whose subjects carry no names. */
function formerConfiguration(): string {
  const calls = ['CONSUMER.INFO', 'CONSUMER.MSG.NEXT'];
  const kinds = ['agents.*', 'beats.*', 'results.*.*', 'claims.*.*.*'].map((kind) => `contractor.lab.${kind}`);
  const subjects = ['contractor.discover.*', ...kinds, ...calls.map((call) => `$JS.API.${call}.*.*`), '$JS.ACK.>'];
  const its = ['agents.berlin', 'beats.berlin', 'results.berlin.ipmi', 'claims.berlin.ipmi.*'];
  const stream = 'CONTRACTOR_lab_TASKS_berlin.ipmi';
  const allowed = [
    'contractor.discover.berlin',
    ...its.map((subject) => `contractor.lab.${subject}`),
    ...calls.map((call) => `contractor.lab.js.${call}.${stream}`),
    `$JS.ACK.${stream}.>`,
  ];
  const to = (subject: string) =>
    subject.startsWith('$JS.API.') ? `, to: "${subject.replace('$JS.API', 'contractor.lab.js')}"` : '';
  return `accounts: {
    CONTRACTOR_lab: {
      jetstream: enabled
      users: [{ nkey: ${keys.server.publicKey} }]
      exports: [${subjects.map((subject) => `{ service: "${subject}", response: stream }`).join(', ')}]
    }
    CONTRACTOR_lab_SUBCONTRACTORS: {
      users: [{ nkey: ${keys.berlin.publicKey}, permissions: {
        publish: { allow: ${JSON.stringify(allowed)} }, subscribe: { allow: ["_INBOX_${keys.berlin.publicKey}.>"] }
      } }]
      imports: [${subjects
        .map((subject) => `{ service: { account: CONTRACTOR_lab, subject: "${subject}" }${to(subject)} }`)
        .join(', ')}]
    }
  }`;
}

describe('an update over the configuration of an earlier version', () => {
  let server: NatsServer;
  let foreman: ForemanWire;
  let reports: Report[];
  let beats: Beat[];
  const ends: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    server = await startNatsServer({ config: formerConfiguration() });
    [reports, beats] = [[], []];
    foreman = jetstreamForeman({
      servers: server.url,
      installation: { id: 'lab', data: 'd' },
      seed: keys.server.seed,
      reconnectEvery: 10,
    });
    await foreman.start({
      reported: async (report) => void reports.push(report),
      beat: (beat) => void beats.push(beat),
      served: () => undefined,
    });
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await foreman.stop();
    await server.stop();
  });
  const send = (n: number) =>
    foreman.send({ task: `${n}`, cookie: `c${n}`, site: 'berlin', module: 'ipmi', ...about, once: n % 2 === 0 });

  it('has a new subcontractor say what to do, and serve after two reloads', async () => {
    const { log, lines } = recordedLog();
    const wire = jetstreamAgent(
      { servers: server.url, key: keys.berlin, reconnectEvery: 10, log },
      { announceEvery: 30, reportAgain: 10 },
    );
    ends.push(() => wire.stop());
    await wire.start({ agent: 'berlin-1', site: 'berlin', modules: { ipmi: 1 } }, done);
    await until(() => lines.some(({ help }) => help !== undefined));
    expect(lines.find(({ help }) => help !== undefined)).toMatchObject({
      level: 'warn',
      reason: expect.stringMatching(/Permissions Violation/),
      help: 'Give the NATS server the configuration of "contractor nats config"',
    });
    for (let n = 0; n < 2; n += 1) await server.reload(configuration());
    await until(() => foreman.serves('berlin', 'ipmi'));
    for (const n of [1, 2]) await send(n);
    await until(() => reports.length === 2);
    expect(reports.map(({ outcome }) => outcome)).toEqual([{ result: { task: '1' } }, { result: { task: '2' } }]);
  });

  it('has a subcontractor of the earlier version go on, before and after: what it has taken it reports', async () => {
    const inboxPrefix = `_INBOX_${keys.berlin.publicKey}`;
    const former = await connect({
      servers: server.url,
      authenticator: nkeyAuthenticator(keys.berlin.seed),
      inboxPrefix,
      reconnectTimeWait: 10,
      maxReconnectAttempts: -1,
    });
    ends.push(() => former.close());
    const announce = setInterval(
      () =>
        former.publish(
          'contractor.lab.agents.berlin',
          JSON.stringify({ agent: 'old', modules: { ipmi: 1 }, every: 1000, lacking: ['ipmi'] }),
        ),
      30,
    );
    ends.unshift(async () => clearInterval(announce));
    const js = jetstream(former, { apiPrefix: 'contractor.lab.js' });
    const take = async (): Promise<JsMsg> => {
      for (;;) {
        try {
          const consumer = await js.consumers.get('CONTRACTOR_lab_TASKS_berlin', 'ipmi');
          const message = await consumer.next({ expires: 1000 });
          if (message) return message;
        } catch {
          // being made, or cut off
        }
      }
    };
    const report = async (message: JsMsg): Promise<void> => {
      const { task, cookie, job } = message.json<Record<string, unknown>>();
      const body = JSON.stringify({ task, cookie, job, agent: 'old', outcome: { result: { task } } });
      former.publish('contractor.lab.beats.berlin', JSON.stringify({ job, cookie, agent: 'old' }));
      await js.publish('contractor.lab.results.berlin.ipmi', body, { msgID: String(cookie) });
      expect(await message.ackAck()).toBe(true);
    };
    await until(() => foreman.serves('berlin', 'ipmi'));
    for (const n of [1, 3, 5]) await send(n);
    await report(await take());
    const taken = await take();
    for (let n = 0; n < 2; n += 1) await server.reload(configuration());
    await until(async () =>
      former.flush().then(
        () => true,
        () => false,
      ),
    );
    await report(taken);
    await report(await take());
    await until(() => reports.length === 3 && beats.length === 3);
    expect(reports.map(({ task, agent }) => [task, agent])).toEqual([
      ['1', 'old'],
      ['3', 'old'],
      ['5', 'old'],
    ]);
  });
});
