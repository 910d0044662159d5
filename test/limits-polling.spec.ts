import { describe, expect, it, jest } from '@jest/globals';
import { startContractor } from '#testing';
import { startJourney } from './start-journey.ts';
import { limitedJobs } from './limited-jobs.ts';

jest.setTimeout(300_000);

const SETTINGS = { CONTRACTOR_SUBCONTRACTOR: 'none' };
const journey = await startJourney(SETTINGS);
const { client, rest, database, server } = journey;
const { jobsOn, jobOf, settle, site, limitTo } = limitedJobs(journey);
const DISPATCH = '/api/v1/SubContractor/Dispatch';

describe('the limit of a module', () => {
  const ASK = 'begin()\n  iputils.ping( target="192.0.2.1" )\nend\n';
  const poll = (at = client) =>
    at.call<{ job_id: number; cookie: string }[]>(`${DISPATCH}(getJobs)`, {
      site: '/api/v1/Site/Site:poll:',
      module_list: ['iputils'],
      max_jobs: 10,
    });

  it('hands agents that poll no more tasks than it says, and the next when one is done', async () => {
    await site('poll');
    await limitTo({ site: 'poll', module: 'iputils', max_jobs: 2 });
    const ids = await jobsOn('poll', 'm', 4, ASK);
    await settle(ids, 'queued queued queued queued');
    const first = await poll();
    expect(first.map(({ job_id: id }) => id)).toEqual(ids.slice(0, 2));
    expect(await poll()).toEqual([]);
    expect((await jobOf(ids[2]!)).message).toBe('module iputils at site poll runs 2 of 2 tasks');
    const [{ job_id: id, cookie }] = first as [{ job_id: number; cookie: string }];
    await client.call(`${DISPATCH}(jobResults)`, { job_id: id, cookie, data: { result: 100 } });
    expect((await poll()).map(({ job_id: one }) => one)).toEqual([ids[2]]);
    expect(await poll()).toEqual([]);
  });
});

describe('a limit with two servers', () => {
  it('is the same for both, also for tasks that agents claim at the same time', async () => {
    const second = await startContractor({ DATABASE_URL: database.url, ...SETTINGS });
    try {
      await site('two');
      await limitTo({ site: 'two', module: 'iputils', max_jobs: 3 });
      const ids = await jobsOn('two', 't', 8, 'begin()\n  iputils.ping( target="192.0.2.1" )\nend\n');
      await settle(ids, Array.from({ length: 8 }, () => 'queued').join(' '));
      const ask = (at: { readonly url: string }) =>
        rest('POST', 'SubContractor/Dispatch/getJobs', { site: 'two', module_list: ['iputils'], max_jobs: 10 }, at);
      const answers = await Promise.all([ask(server), ask(second), ask(server), ask(second)]);
      const handed = answers.flatMap(({ body }) => body['value'] as { readonly job_id: number }[]);
      expect(new Set(handed.map(({ job_id: id }) => id)).size).toBe(3);
      expect(handed).toHaveLength(3);
    } finally {
      await second.stop();
    }
  });
});
