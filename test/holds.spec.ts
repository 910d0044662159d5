import { describe, expect, it, jest } from '@jest/globals';
import { startContractor, until } from '#testing';
import { limitedJobs } from './limited-jobs.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const SETTINGS = { CONTRACTOR_SUBCONTRACTOR: 'none' };
const LONG_S = 3600;
const journey = await startJourney(SETTINGS);
const { client, rest, database, server } = journey;
const { jobsOn, jobOf, site } = limitedJobs(journey);

describe('holds, with two servers', () => {
  let second: Awaited<ReturnType<typeof startContractor>>;
  const stateOf = async (locator: string): Promise<unknown> =>
    (await rest('GET', `Building/Foundation/${locator}`, undefined, second)).body['state'];
  const becomes = (locator: string, state: string) => until(async () => (await stateOf(locator)) === state, 60_000);

  /** A rule about one foundation. @returns its id */
  const rule = async (target: string, values: Readonly<Record<string, unknown>>): Promise<string> => {
    const asked = { description: 'Drain it', site: 'lab', target_kind: 'Foundation', target, scripts: ['destroy'] };
    const { status, body } = await rest('POST', 'Foreman/HoldRule', { ...asked, ...values });
    expect([status, body]).toEqual([201, expect.anything()]);
    return String(body['id']);
  };
  /** Makes the destroy job of a foundation, through the server that is not the foreman. @returns the id of its job */
  const destroy = async (locator: string): Promise<number> =>
    Number((await rest('POST', `Building/Foundation/${locator}/doDestroy`, {}, second)).body['value']);
  const eventsOf = async (job: number) => {
    const { rows } = await database.pool.query<{ type: string; data: string }>(
      'SELECT type, data::text FROM log.events WHERE stream = $1 ORDER BY position',
      [`job-${job}`],
    );
    return rows.map(({ type, data }) => ({ type, data: JSON.parse(data) as Readonly<Record<string, unknown>> }));
  };

  it('keep a job from beginning until its holder releases it, visibly', async () => {
    second = await startContractor({ DATABASE_URL: database.url, ...SETTINGS });
    await site('hall');
    await site('lab', 'hall');
    await jobsOn('lab', 'h', 5, 'begin()\nend\n');
    for (const n of [0, 1, 2, 3, 4]) await becomes(`h${n}`, 'built');
    await rest('POST', 'Auth/Service', {
      name: 'storage',
      sites: ['lab'],
      permissions: ['Foreman.view_hold', 'Foreman.can_release_hold'],
    });
    const { body: token } = await rest('POST', 'Auth/Service/storage/renewToken');
    const asStorage = (method: string, path: string, body?: object) =>
      fetch(`${second.url}/api/rest/${path}`, {
        method,
        headers: { Authorization: `Bearer storage:${String(token['value'])}`, 'Content-Type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });

    const id = await rule('h0', { site: 'hall', holder: 'storage', seconds: LONG_S });
    const job = await destroy('h0');
    const hold = `${job}-${id}`;
    const { until: end } = (await rest('GET', `Foreman/Hold/${hold}`)).body;
    expect(await jobOf(job)).toMatchObject({
      state: 'waiting',
      message: expect.stringMatching(/^held by storage until .*, then it is in error \(hold .*: Drain it\)$/),
      conditions: [
        {
          name: 'held',
          links: [
            { model: 'Foreman/Hold', id: hold },
            { model: 'Foreman/HoldRule', id },
          ],
        },
      ],
    });
    const listed = (await (await asStorage('GET', 'Foreman/Hold?filter=job&job=' + job)).json()) as {
      items: unknown[];
    };
    expect(listed.items).toMatchObject([
      { id: hold, job, target: 'h0', script: 'destroy', state: 'open', until: end, holder: 'storage' },
    ]);
    const asRoot = await rest('POST', `Foreman/Hold/${hold}/release`, {});
    expect([asRoot.status, JSON.stringify(asRoot.body)]).toEqual([
      expect.any(Number),
      expect.stringContaining('NOT_HOLDER'),
    ]);
    expect((await eventsOf(job)).map(({ type }) => type)).toEqual(['JobCreated', 'JobHeld']);
    expect((await asStorage('POST', `Foreman/Hold/${hold}/release`, { reason: 'drained' })).status).toBe(204);
    await becomes('h0', 'planned');
    expect((await eventsOf(job))[2]).toMatchObject({
      type: 'JobHoldReleased',
      data: { hold, by: 'storage', reason: 'drained' },
    });
    expect((await rest('GET', `Foreman/Hold/${hold}`)).status).toBe(404);
  });

  it('fail a job whose holder says nothing, ask again after a reset, and are overridden with a reason', async () => {
    const id = await rule('h1', { seconds: 1 });
    const job = await destroy('h1');
    await until(async () => (await jobOf(job)).state === 'error', 60_000);
    expect((await rest('GET', `Foreman/Hold/${job}-${id}`)).body).toMatchObject({ state: 'overdue' });
    expect((await rest('PATCH', `Foreman/HoldRule/${id}`, { seconds: LONG_S })).status).toBe(200);
    await rest('POST', `Foreman/FoundationJob/${job}/reset`);
    const override = (body: object) => rest('POST', `Foreman/Hold/${job}-${id}/override`, body);
    expect((await override({})).status).toBe(422);
    expect((await override({ reason: ' ' })).status).toBe(422);
    expect((await override({ reason: 'the service is gone' })).status).toBe(204);
    await becomes('h1', 'planned');
    const events = await eventsOf(job);
    expect(events.map(({ type }) => type)).toEqual([
      ...['JobCreated', 'JobHeld', 'JobHoldTimedOut', 'JobFailed', 'JobReset', 'JobHeld', 'JobHoldOverridden'],
      ...['JobStarted', 'JobEnded'],
    ]);
    expect(events[6]?.data).toMatchObject({ by: 'root', reason: 'the service is gone' });
    const log = await rest('GET', `Foreman/JobLog?filter=job&job_id=${job}`);
    expect(log.body['items']).toMatchObject([{ hold_overridden_by: 'root' }]);
  });

  it('are released when their rule is deleted', async () => {
    const id = await rule('h2', { seconds: LONG_S });
    const job = await destroy('h2');
    await until(async () => (await rest('GET', `Foreman/Hold/${job}-${id}`)).status === 200, 60_000);
    expect((await rest('DELETE', `Foreman/HoldRule/${id}`)).status).toBe(204);
    await becomes('h2', 'planned');
  });

  it('are over in time where the foreman is killed meanwhile', async () => {
    const kept = await rule('h4', { seconds: LONG_S });
    const waits = await destroy('h4');
    await rule('h3', { seconds: 3, when_over: 'proceed' });
    const job = await destroy('h3');
    await server.kill();
    await becomes('h3', 'planned');
    expect((await eventsOf(job)).map(({ type }) => type)).toEqual([
      ...['JobCreated', 'JobHeld', 'JobHoldTimedOut', 'JobStarted', 'JobEnded'],
    ]);
    const still = await rest('GET', `Foreman/Hold/${waits}-${kept}`, undefined, second);
    expect(still.body).toMatchObject({ state: 'open', target: 'h4' });
    await second.stop();
  });

  it('are asked for with everything that is wrong named', async () => {
    await server.start();
    const fault = async (values: Readonly<Record<string, unknown>>) => {
      const asked = { description: 'x', scripts: ['destroy'], seconds: 1, ...values };
      const { status, body } = await rest('POST', 'Foreman/HoldRule', asked);
      return [status, ((body['errors'] ?? []) as { readonly field: string }[]).map(({ field }) => field)];
    };
    await until(async () => (await rest('GET', 'Foreman/HoldRule')).status === 200, 60_000);
    expect(await fault({ seconds: 0 })).toEqual([422, ['seconds']]);
    expect(await fault({ seconds: 604_801 })).toEqual([422, ['seconds']]);
    expect(await fault({ scripts: ['create'] })).toEqual([422, ['scripts']]);
    expect(await fault({ scripts: Array.from({ length: 21 }, (_, n) => `s${n}`) })).toEqual([422, ['scripts']]);
    expect(await fault({ target: 'h0' })).toEqual([422, ['target_kind']]);
    expect(await fault({ target_kind: 'Cellar' })).toEqual([422, ['target_kind']]);
    expect(await fault({ blueprint: 'none' })).toEqual([422, ['blueprint']]);
    expect(await fault({ labels: { a: 1 } })).toEqual([422, ['labels']]);
    expect(await fault({ site: 'nowhere' })).toEqual([422, ['site']]);
    const { body } = await rest('GET', 'Foreman/HoldRule');
    const before = (body['items'] as readonly unknown[]).length;
    // Those of a site go with it.
    await client.create('/api/v1/Site/Site', { name: 'brief', description: 'x' });
    await rest('POST', 'Foreman/HoldRule', { description: 'x', scripts: ['destroy'], seconds: 1, site: 'brief' });
    await client.delete('/api/v1/Site/Site:brief:');
    expect((await rest('GET', 'Foreman/HoldRule')).body['items']).toHaveLength(before);
  });
});
