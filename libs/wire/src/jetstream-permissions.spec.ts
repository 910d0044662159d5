import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from '@nats-io/transport-node';
import { recordedLog, startNatsServer, until, type NatsServer } from '#testing';
import { jetstreamAgent } from './jetstream-agent.ts';
import { jetstreamForeman } from './jetstream-foreman.ts';
import type { Report, TaskHandler } from './wire.ts';

/** The rights of one site's agents, as the README gives them. */
const config = `
authorization {
  users: [
    { user: foreman, password: "s3:cret" }
    { user: berlin, password: b, permissions: {
        publish: [
          "agents.berlin", "beats.berlin", "results.berlin.>",
          "$JS.API.CONSUMER.INFO.TASKS_berlin.*", "$JS.API.CONSUMER.MSG.NEXT.TASKS_berlin.*", "$JS.ACK.TASKS_berlin.>"
        ]
        subscribe: [ "_INBOX_berlin.>" ]
    } }
  ]
}`;

describe('an agent with the rights of one site', () => {
  let server: NatsServer;
  const as = (user: string) => server.url.replace('//', `//${user}@`);

  beforeEach(async () => {
    server = await startNatsServer({ config });
  });
  afterEach(() => server.stop());

  it('serves that site and no other', async () => {
    const reports: Report[] = [];
    const foreman = jetstreamForeman({ servers: as('foreman:s3%3Acret') });
    await foreman.start({
      reported: async (report) => void reports.push(report),
      beat: () => undefined,
      served: () => undefined,
    });
    const { log, lines } = recordedLog();
    const complaints = () => lines.filter(({ level }) => level === 'warn');
    const agents = ['berlin', 'paris'].map((site) => ({
      site,
      wire: jetstreamAgent({ servers: as('berlin:b'), log }, { announceEvery: 30 }),
    }));
    const work: TaskHandler = async ({ task }) => ({ result: { task } });
    for (const { site, wire } of agents) await wire.start({ agent: `${site}-1`, site, modules: { ipmi: 1 } }, work);

    await until(() => foreman.serves('berlin', 'ipmi') && complaints().length > 0);
    expect(JSON.stringify(complaints())).toMatch(
      /Permissions Violation for (Publish to \\"agents.paris|Subscription to)/,
    );
    expect(foreman.serves('paris', 'ipmi')).toBe(false);

    const about = { module: 'ipmi', function: 'power', parameters: {}, job: 1 };
    await foreman.send({ task: '1', cookie: 'c1', site: 'berlin', ...about });
    await until(() => reports.length === 1);

    const stranger = await connect({ servers: server.url, user: 'berlin', pass: 'b', inboxPrefix: '_INBOX_berlin' });
    for (const subject of ['tasks.berlin.ipmi', 'results.paris.ipmi', '$JS.API.STREAM.DELETE.TASKS_berlin'])
      await expect(stranger.request(subject, '', { timeout: 500 })).rejects.toThrow(/Permissions Violation/);
    await stranger.close();

    for (const { wire } of agents) await wire.stop();
    await foreman.stop();
  });

  it('is not let in with a wrong password, says so once, and can be stopped', async () => {
    const { log, lines } = recordedLog();
    const wire = jetstreamAgent({
      servers: as('berlin:wrong'),
      reconnectEvery: 10,
      log,
    });
    await wire.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 } }, async () => ({ result: {} }));
    await wire.stop();
    expect(lines).toEqual([expect.objectContaining({ reason: expect.stringMatching(/Authorization Violation/i) })]);
  });
});
