import { describe, expect, it, jest } from '@jest/globals';
import { startContractor, until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const { client, rest, database, server } = await startJourney();

/** The scripts of the foundations of these specs; `check` fails on those of the blueprint `bad`. */
const SCRIPTS = {
  create: 'begin()\nend\n',
  check:
    'begin()\n  delay( seconds=1 )\n  if ( config.health == "bad" ) then begin()\n    error( msg="no good" )\n  end\nend\n',
  long: 'begin()\n  pause( msg="wait" )\nend\n',
};

async function prepare(): Promise<void> {
  await client.create('/api/v1/Site/Site', { name: 'lab', description: 'x' });
  for (const blueprint of ['host', 'bad']) {
    const values = {
      name: blueprint,
      description: 'x',
      foundation_type_list: ['Manual'],
      config_values: { health: blueprint === 'bad' ? 'bad' : 'good' },
    };
    await client.create('/api/v1/BluePrint/FoundationBluePrint', values);
    for (const [name, script] of Object.entries(SCRIPTS)) {
      const scriptName = `${blueprint}-${name}`;
      await client.create('/api/v1/BluePrint/Script', { name: scriptName, description: 'x', script });
      await client.create('/api/v1/BluePrint/BluePrintScript', {
        blueprint: `/api/v1/BluePrint/BluePrint:${blueprint}:`,
        script: `/api/v1/BluePrint/Script:${scriptName}:`,
        name,
      });
    }
  }
}
await prepare();

/** Makes foundations that are built: `bad` ones fail their check. */
async function built(names: readonly string[], blueprint = 'host'): Promise<void> {
  for (const locator of names) {
    await client.create('/api/v1/Manual/ManualFoundation', {
      site: '/api/v1/Site/Site:lab:',
      locator,
      blueprint: `/api/v1/BluePrint/FoundationBluePrint:${blueprint}:`,
    });
    await client.call(`/api/v1/Building/Foundation:${locator}:(doCreate)`);
  }
  for (const locator of names) {
    await until(async () => (await client.get(`/api/v1/Building/Foundation:${locator}:`))['state'] === 'built', 60_000);
  }
}
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

type Told = Readonly<Record<string, unknown>>;
const waveOf = async (id: unknown): Promise<Told> => (await rest('GET', `Foreman/Wave/${String(id)}`)).body;
const is = (id: unknown, wanted: Told) =>
  until(async () => {
    const told = await waveOf(id);
    return Object.entries(wanted).every(([name, value]) => told[name] === value);
  }, 60_000);
const create = async (values: Told): Promise<unknown> => {
  const { status, body } = await rest('POST', 'Foreman/Wave', { description: 'x', kind: 'Foundation', ...values });
  expect([status, body]).toEqual([201, expect.anything()]);
  return body['id'];
};
const progress = async (id: unknown): Promise<readonly Told[]> =>
  ((await rest('POST', `Foreman/Wave/${String(id)}/progress`)).body['value'] as { readonly targets: Told[] }).targets;
/** How many jobs of a script each target has had, in the log. */
const jobsMade = async (prefix: string): Promise<Record<string, number>> => {
  const { rows } = await database.pool.query<{ target: string; n: number }>(
    `SELECT data::json->'target'->>'id' AS target, count(*)::int AS n FROM log.events
     WHERE type = 'JobCreated' AND data::json->>'script' <> 'create' AND data::json->'target'->>'id' LIKE $1 GROUP BY 1`,
    [`${prefix}%`],
  );
  return Object.fromEntries(rows.map(({ target, n }) => [target, n]));
};

describe('a wave', () => {
  it('is previewed, and makes the jobs of its targets batch by batch', async () => {
    const hosts = names('a', 7);
    await built(hosts);
    const values = { script_name: 'check', targets: [...hosts, 'nobody'], batch_size: 3 };
    const preview = await rest('POST', 'Foreman/Wave/preview', { kind: 'Foundation', ...values });
    expect(preview.body['value']).toEqual({
      total: 8,
      batches: 3,
      targets: [
        ...hosts.map((target, n) => ({ target, batch: Math.floor(n / 3) + 1, problem: null })),
        { target: 'nobody', batch: 3, problem: 'there is no foundation nobody' },
      ],
    });
    expect(await jobsMade('a')).toEqual({});

    const id = await create(values);
    await is(id, { state: 'done', done: 7, skipped: 1, failed: 0, running: 0, waiting: 0, batch: 3, batches: 3 });
    expect(await jobsMade('a')).toEqual(Object.fromEntries(hosts.map((host) => [host, 1])));
    const told = await progress(id);
    expect(told.map(({ target, state }) => `${String(target)} ${String(state)}`)).toEqual([
      ...hosts.map((host) => `${host} done`),
      'nobody skipped',
    ]);
    // A batch begins when the one before is over.
    const { rows } = await database.pool.query<{ type: string }>(
      `SELECT type FROM log.events WHERE stream = $1 ORDER BY revision`,
      [`wave-${String(id)}`],
    );
    let open = 0;
    for (const { type } of rows) {
      if (type === 'WaveBatchBegun') expect(open).toBe(0);
      if (type === 'WaveJobCreated') open += 1;
      if (type === 'WaveTargetDone') open -= 1;
      expect(open).toBeLessThanOrEqual(3);
    }
    expect((await rest('DELETE', `Foreman/Wave/${String(id)}`)).status).toBe(204);
  });

  it('stops when too many have failed, and goes on when it is told to', async () => {
    await built(['b0', 'b1', 'b5']);
    await built(['b2', 'b3', 'b4'], 'bad');
    const id = await create({
      script_name: 'check',
      selection: { site: 'lab', blueprint: 'bad' },
      batch_percent: 34,
      max_failures: 2,
    });
    await is(id, { state: 'paused', failed: 2, waiting: 1, running: 0 });
    const told = await waveOf(id);
    expect(told).toMatchObject({ state: 'paused', failed: 2, total: 3, batch_size: 2 });
    expect(told['message']).toMatch(/^2 of its targets have failed, the last one is b[23]$/);
    expect(await progress(id)).toMatchObject([
      { target: 'b2', state: 'failed', reason: 'its job is in error: no good' },
      { target: 'b3', state: 'failed' },
      { target: 'b4', state: 'waiting', job: null },
    ]);
    expect((await rest('POST', `Foreman/Wave/${String(id)}/resume`)).status).toBe(204);
    await is(id, { state: 'done', failed: 3 });
    // One that is reset and ends is done after all.
    const [{ job }] = (await progress(id)) as [Told];
    await client.call(`/api/v1/Foreman/BaseJob:${String(job)}:(reset)`);
    await is(id, { failed: 2, done: 1 });
    expect((await rest('POST', `Foreman/Wave/${String(id)}/cancel`)).status).toBe(409);
  });

  it('skips who has a job already; cancelled, its jobs that have not begun are cancelled with it', async () => {
    await built(names('c', 4));
    const own = await client.call('/api/v1/Building/Foundation:c0:(doJob)', { name: 'long' });
    const opens = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
    const window = await rest('POST', 'Foreman/MaintenanceWindow', {
      site: 'lab',
      description: 'Tomorrow',
      starts_at: opens,
      minutes: 60,
    });
    const id = await create({ script_name: 'long', targets: names('c', 4), batch_size: 3 });
    await is(id, { running: 2, skipped: 1, waiting: 1 });
    const told = await progress(id);
    expect(told[0]).toMatchObject({ state: 'skipped', job: null, reason: 'target has an existing job' });
    const jobs = told.slice(1, 3).map(({ job }) => String(job));
    // Its jobs wait for the window, as all do; one need not.
    const of = async (job: string) => (await rest('GET', `Foreman/FoundationJob/${job}`)).body;
    await until(async () => ((await of(jobs[1]!))['conditions'] as object[]).length > 0, 30_000);
    expect(await of(jobs[1]!)).toMatchObject({ state: 'waiting', conditions: [{ name: 'window' }] });
    await rest('POST', `Foreman/FoundationJob/${jobs[0]!}/ignoreWindow`);
    await until(async () => (await of(jobs[0]!))['state'] === 'paused', 30_000);
    expect((await rest('POST', `Foreman/Wave/${String(id)}/pause`)).status).toBe(204);
    await is(id, { state: 'paused', message: 'paused by root' });
    expect((await rest('POST', `Foreman/Wave/${String(id)}/cancel`)).status).toBe(204);
    await is(id, { state: 'cancelled', message: 'cancelled by root', failed: 1, running: 1, waiting: 1 });
    expect((await of(jobs[0]!))['state']).toBe('paused');
    expect((await rest('GET', `Foreman/FoundationJob/${jobs[1]!}`)).status).toBe(404);
    for (const job of [own, jobs[0]!]) await client.call(`/api/v1/Foreman/BaseJob:${String(job)}:(cancel)`);
    await rest('DELETE', `Foreman/MaintenanceWindow/${String(window.body['id'])}`);
  });

  it('goes on where it was with another server when its own is killed: each target gets its job once', async () => {
    const hosts = names('d', 12);
    await built(hosts);
    const second = await startContractor({ DATABASE_URL: database.url });
    try {
      const id = await create({ script_name: 'check', targets: hosts, batch_size: 4 });
      await until(async () => Number((await waveOf(id))['done']) >= 2, 60_000);
      await server.kill();
      const at = (path: string) => rest('GET', path, undefined, second);
      await until(async () => (await at(`Foreman/Wave/${String(id)}`)).body['state'] === 'done', 120_000);
      expect((await at(`Foreman/Wave/${String(id)}`)).body).toMatchObject({ done: 12, failed: 0, skipped: 0 });
      expect(await jobsMade('d')).toEqual(Object.fromEntries(hosts.map((host) => [host, 1])));
    } finally {
      await second.stop();
      await server.start();
    }
  });

  it('is refused where it makes no sense', async () => {
    const refused = async (values: Told) => {
      const wanted = { description: 'x', kind: 'Foundation', script_name: 'check', targets: ['a0'], batch_size: 1 };
      const { status, body } = await rest('POST', 'Foreman/Wave', { ...wanted, ...values });
      return [status, JSON.stringify(body)];
    };
    expect(await refused({ kind: 'Site' })).toEqual([422, expect.stringContaining('kind')]);
    expect(await refused({ script_name: 'create' })).toEqual([422, expect.stringContaining('script_name')]);
    expect(await refused({ targets: [] })).toEqual([422, expect.stringContaining('targets')]);
    expect(await refused({ selection: { site: 'lab' } })).toEqual([422, expect.stringContaining('targets')]);
    expect(await refused({ targets: [], selection: { rack: 'r1' } })).toEqual([
      422,
      expect.stringContaining('selection'),
    ]);
    expect(await refused({ batch_percent: 10 })).toEqual([422, expect.stringContaining('batch_size')]);
    expect(await refused({ batch_size: 501 })).toEqual([422, expect.stringContaining('batch_size')]);
    expect(await refused({ max_failures: 0 })).toEqual([422, expect.stringContaining('max_failures')]);
    expect(await refused({ targets: names('z', 5001) })).toEqual([422, expect.stringContaining('5000')]);
  });
});
