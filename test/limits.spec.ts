import { describe, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { limitedJobs } from './limited-jobs.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const journey = await startJourney();
const { client, rest, database, server } = journey;
const { jobsOn, jobOf, settle, cancel, site, limitTo } = limitedJobs(journey);

describe('the limit of a site', () => {
  it('has no more jobs begin than it says, with those of the sites within, the oldest first', async () => {
    await site('lab');
    await site('rack', 'lab');
    expect(await limitTo({ site: 'lab', max_jobs: 2 })).toBe('site:lab');
    const inside = await jobsOn('rack', 'r', 3);
    const own = await jobsOn('lab', 'l', 2);
    const all = [...inside, ...own];
    await settle(all, 'paused paused waiting waiting waiting');
    expect(await jobOf(inside[2]!)).toMatchObject({
      can_start: false,
      message: 'site lab runs 2 of 2 jobs',
      conditions: [
        {
          name: 'limit',
          text: 'site lab runs 2 of 2 jobs',
          links: [
            { model: 'Foreman/Limit', id: 'site:lab' },
            { model: 'Site/Site', id: 'lab' },
          ],
        },
      ],
    });
    // One that is in the way gives its place to the oldest.
    await cancel(inside[0]!);
    await settle(all.slice(1), 'paused paused waiting waiting');
    expect((await rest('PATCH', 'Foreman/Limit/site:lab', { max_jobs: 3 })).status).toBe(200);
    await settle(all.slice(1), 'paused paused paused waiting');
    expect((await rest('POST', 'Foreman/Limit/site:lab/usage')).body).toEqual({
      value: { running: 3, jobs: all.slice(1, 4) },
    });
    // What had begun before a limit is lowered goes on, and counts.
    expect((await rest('PATCH', 'Foreman/Limit/site:lab', { max_jobs: 1 })).status).toBe(200);
    for (const id of all.slice(1, 3)) await cancel(id);
    expect(await jobOf(own[1]!)).toMatchObject({ message: 'site lab runs 1 of 1 jobs', state: 'waiting' });
    expect((await rest('DELETE', 'Foreman/Limit/site:lab')).status).toBe(204);
    await settle(all.slice(3), 'paused paused');
  });

  it('counts what had begun before it was set, on every server, and after a restart', async () => {
    await site('old');
    const before = await jobsOn('old', 'o', 2);
    await settle(before, 'paused paused');
    await limitTo({ site: 'old', max_jobs: 3 });
    const later = await jobsOn('old', 'p', 3);
    await settle([...before, ...later], 'paused paused paused waiting waiting');
    await server.kill();
    await server.start();
    await until(async () => (await rest('GET', 'Foreman/Limit/site:old')).status === 200, 60_000);
    const more = await jobsOn('old', 'q', 1);
    await cancel(before[0]!);
    await settle([...later, ...more], 'paused paused waiting waiting');
    const texts = (await jobOf(more[0]!)).conditions.map(({ text }) => text);
    expect(texts).toEqual(['site old runs 3 of 3 jobs']);
  });

  it('is refused where it makes no sense, and goes with its site', async () => {
    await site('brief');
    const refused = async (values: Readonly<Record<string, unknown>>) =>
      (await rest('POST', 'Foreman/Limit', values)).status;
    expect(await refused({ max_jobs: 1 })).toBe(422);
    expect(await refused({ site: 'nowhere', max_jobs: 1 })).toBe(422);
    expect(await refused({ complex: 'nothing', max_jobs: 1 })).toBe(422);
    expect(await refused({ site: 'brief', max_jobs: -1 })).toBe(422);
    expect(await refused({ module: 'no module', max_jobs: 1 })).toBe(422);
    await limitTo({ site: 'brief', max_jobs: 4 });
    expect(await refused({ site: 'brief', max_jobs: 5 })).toBe(409);
    const { position } = await rest('GET', 'Foreman/Limit/site:brief');
    await client.delete('/api/v1/Site/Site:brief:');
    expect((await rest('GET', 'Foreman/Limit/site:brief')).status).toBe(404);
    expect((await rest('GET', `Foreman/Limit/site:brief?at=${position}`)).body).toMatchObject({ max_jobs: 4 });
  });
});

describe('the limit of a module', () => {
  it('holds for tasks over the wire: never more at agents than it says, and each is done', async () => {
    await site('wired');
    await limitTo({ module: 'test', max_jobs: 2 });
    const ids = await jobsOn(
      'wired',
      'w',
      8,
      'begin()\n  test.act( name="a", delay_ms=50 )\n  test.act( name="b" )\nend\n',
    );
    await until(async () => {
      const gone = await Promise.all(ids.map(async (id) => (await rest('GET', `Foreman/FoundationJob/${id}`)).status));
      return gone.every((status) => status === 404);
    }, 60_000);
    const { rows } = await database.pool.query<{ type: string; stream: string }>(
      `SELECT type, stream FROM log.events WHERE type IN ('JobTaskDispatched', 'JobStepCompleted') AND stream = ANY($1) ORDER BY position`,
      [ids.map((id) => `job-${id}`)],
    );
    let at = 0;
    let most = 0;
    for (const { type } of rows) {
      at += type === 'JobTaskDispatched' ? 1 : -1;
      most = Math.max(most, at);
    }
    expect(rows).toHaveLength(32);
    expect(most).toBe(2);
  });
});

describe('the maintenance windows of a site', () => {
  const window = (values: Readonly<Record<string, unknown>>) =>
    rest('POST', 'Foreman/MaintenanceWindow', { description: 'Nights', minutes: 60, ...values });

  it('hold jobs until they open, unless somebody says so, who is remembered', async () => {
    await site('yard');
    await site('shed', 'yard');
    const opens = new Date(Date.now() + 3 * 24 * 3600 * 1000).toISOString();
    const made = await window({ site: 'yard', starts_at: opens });
    expect(made.status).toBe(201);
    const ids = await jobsOn('shed', 's', 2);
    await until(async () => (await jobOf(ids[1]!)).conditions.length > 0, 30_000);
    const opening = new Date(opens).toISOString();
    expect(await jobOf(ids[0]!)).toMatchObject({
      state: 'waiting',
      conditions: [
        {
          name: 'window',
          text: `site yard opens at ${opening} (window ${String(made.body['id'])}: Nights)`,
          links: [
            { model: 'Foreman/MaintenanceWindow', id: String(made.body['id']) },
            { model: 'Site/Site', id: 'yard' },
          ],
          until: opening,
        },
      ],
    });
    expect((await rest('POST', 'Foreman/MaintenanceWindow/state', { site: 'shed' })).body).toMatchObject({
      value: { open: false, site: 'yard', opens: opening },
    });
    expect((await rest('POST', `Foreman/FoundationJob/${ids[0]}/ignoreWindow`)).status).toBe(204);
    await settle(ids, 'paused waiting');
    const { rows } = await database.pool.query(`SELECT data FROM log.events WHERE type = 'JobWindowIgnored'`);
    expect(rows).toHaveLength(1);
    // A window of its own that is open takes the place of those around.
    expect((await window({ site: 'shed', starts_at: new Date(Date.now() - 60_000).toISOString() })).status).toBe(201);
    await settle(ids, 'paused paused');
  });

  it('let jobs begin when they open', async () => {
    await site('gate');
    await window({ site: 'gate', starts_at: new Date(Date.now() + 6000).toISOString() });
    const ids = await jobsOn('gate', 'g', 2);
    await settle(ids, 'waiting waiting');
    await settle(ids, 'paused paused');
  });

  it('are refused where they make no sense', async () => {
    await site('pit');
    const refused = async (values: Readonly<Record<string, unknown>>) => {
      const { status, body } = await window({ site: 'pit', days: ['mon'], start: '22:00', ...values });
      return [status, JSON.stringify(body)];
    };
    expect(await refused({ time_zone: 'Europe/Nowhere' })).toEqual([422, expect.stringContaining('time_zone')]);
    expect(await refused({ start: '25:00' })).toEqual([422, expect.stringContaining('start')]);
    expect(await refused({ days: ['someday'] })).toEqual([422, expect.stringContaining('days')]);
    expect(await refused({ minutes: 0 })).toEqual([422, expect.stringContaining('minutes')]);
    expect(await refused({ days: [] })).toEqual([422, expect.stringContaining('days')]);
    expect((await window({ site: 'pit', days: ['mon'], start: '22:00', time_zone: 'Europe/Berlin' })).status).toBe(201);
  });
});
