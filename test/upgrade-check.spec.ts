/** What is told before another version of the server is started on data that is there. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { NatsServer, TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, startNatsServer, testDatabase } from '#testing';
import { runCommand } from './run-command.ts';

jest.setTimeout(600_000);

const KEY = Buffer.alloc(32, 'test').toString('base64');

describe('before an upgrade', () => {
  let folder: string;
  let database: TestDatabase;
  let nats: NatsServer;
  let server: TestContractor;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-upgrade-'));
    database = await testDatabase();
    nats = await startNatsServer();
    server = await startContractor({ DATABASE_URL: database.url });
    const client = new CinpClient(server.url);
    await client.login('root', ADMIN_PASSWORD);
    await client.create('/api/v1/Site/Site', { name: 'lab', description: 'a lab', config_values: { password: 'x' } });
  });
  afterAll(async () => {
    await server.stop();
    await nats.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** @returns the exit code, and what is told by its subject: state and text */
  const checked = async (env: Readonly<Record<string, string>> = {}) => {
    const { code, out } = await runCommand(['upgrade', 'check', '--json'], {
      environment: {
        XDG_CONFIG_HOME: folder,
        CONTRACTOR_DATA: path.join(folder, 'none'),
        CONTRACTOR_SECRET_KEY: KEY,
        DATABASE_URL: database.url,
        ...env,
      },
    });
    const told = JSON.parse(out) as readonly {
      readonly what: string;
      readonly state: string;
      readonly text: string;
    }[];
    return {
      code,
      rows: told,
      told: Object.fromEntries(told.map(({ what, state, text }) => [what, `${state}: ${text}`])),
    };
  };

  it('all is well: what runs, what fits, and how much there is', async () => {
    const { code, told } = await checked({ NATS_URL: nats.url });
    expect(told).toMatchObject({
      servers: 'look: 1 run on this database: stop them all, then start this version',
      'secret key': 'ok: it fits',
      checkpoints: expect.stringMatching(/^ok: (?:there are none yet|\d+, the last one over \d+ events)/),
      log: expect.stringMatching(/^ok: \d+ events, all in the shapes of this version$/),
      'read models': expect.stringMatching(/^ok: all \d+ as they are$/),
      NATS: expect.stringMatching(/^ok: \d+\.\d+/),
    });
    expect(code).toBe(0);
  });

  it('it is told which read models are made anew, and which setting is none', async () => {
    await database.pool.query(`UPDATE read.models SET version = version - 1 WHERE name = 'sites'`);
    await database.pool.query(`INSERT INTO read.models (name, version) VALUES ('bygones', 1)`);
    const { code, rows, told } = await checked({ CONTRACTOR_PROT: '8080' });
    expect(told['read models']).toBe('changes: 1 are made from the log: sites; 1 are removed: bygones');
    expect(rows).toContainEqual({
      what: 'settings',
      state: 'look',
      text: 'CONTRACTOR_PROT is not a setting; did you mean CONTRACTOR_PORT?',
    });
    expect(code).toBe(0);
  });

  it.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    [
      'another key',
      { CONTRACTOR_SECRET_KEY: Buffer.alloc(32, 'other').toString('base64') },
      'secret key',
      /^fault: it is not/,
    ],
    ['no NATS', { NATS_URL: 'nats://127.0.0.1:1' }, 'NATS', /^fault: it does not answer/],
    ['a setting that cannot be used', { CONTRACTOR_PORT: 'eighty' }, 'settings', /^fault: .*CONTRACTOR_PORT/],
  ])('it does not fit with %s', async (_, env, what, text) => {
    const { code, told } = await checked(env);
    expect(told[what]).toMatch(text);
    expect(code).toBe(1);
  });

  it('it does not fit where a later version has written events', async () => {
    await database.pool.query(`UPDATE log.events SET type = 'SiteTeleported' WHERE stream = 'site-lab'`);
    const { code, told } = await checked();
    expect(told['log']).toBe('fault: a later version has written events that this one cannot read: SiteTeleported');
    expect(code).toBe(1);
  });
});
