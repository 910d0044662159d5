import { beforeAll, expect, it, jest } from '@jest/globals';
import { manualFoundation } from '#testing';
import { startJourney } from './start-journey.ts';

/** A result that cannot be taken fails its task and says why, over both protocols: refused, the job would wait for ever. */

jest.setTimeout(600_000);

const SITE = '/api/v1/Site/Site:site1:';
/** How much a body may hold, in bytes. */
const MAX_BODY = 20_000;

const { server, client, token } = await startJourney({
  CONTRACTOR_SUBCONTRACTOR: 'none',
  CONTRACTOR_MAX_BODY: String(MAX_BODY),
});

beforeAll(async () => {
  await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
  const script = 'received = iputils.ping( target="127.0.0.1" )\npause( msg="it was taken" )\n';
  await client.call(`${await manualFoundation(client, 'site1', 'host1', script)}(doCreate)`);
});

const rest = (body: string) =>
  fetch(`${server.url}/api/rest/SubContractor/Dispatch/jobResults`, {
    method: 'POST',
    headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
    body,
  });
const call = (action: string, body: string) =>
  fetch(`${server.url}/api/v1/SubContractor/Dispatch(${action})`, {
    method: 'CALL',
    headers: { 'CInP-Version': '1.0', 'Auth-Id': 'root', 'Auth-Token': token, 'Content-Type': 'application/json' },
    body,
  });
const cinp = (body: string) => call('jobResults', body);

/** Polls until there is the task of the job. */
async function poll(): Promise<{ readonly job_id: number; readonly cookie: string }> {
  for (;;) {
    const [task] = await client.call<{ job_id: number; cookie: string }[]>('/api/v1/SubContractor/Dispatch(getJobs)', {
      site: SITE,
      module_list: ['iputils'],
    });
    if (task) return task;
  }
}

const stateOf = async (job: number) => client.get(`/api/v1/Foreman/FoundationJob:${job}:`);

it.each([
  ['an integer that is not exact', '{"result":9007199254740993}', /result: result is a number too large to be exact/],
  ['one that is nested too deep', `{"result":${'['.repeat(200)}${']'.repeat(200)}}`, /nested deeper than 100 levels/],
  ['one of the wrong type', '[100]', /result was not a map, but \[100\]/],
  ['nothing', 'null', /result was not a map, but null/],
  ['text that cannot be kept', '{"result":"\\u0000"}', /text with a NUL character/],
  ['one that is too large', `{"result":"${'x'.repeat(MAX_BODY)}"}`, /request of 20\d{3} bytes is larger than 20000/],
])('%s fails the task, which can be done again', async (_, data, message) => {
  for (const report of [cinp, rest]) {
    const { job_id: job, cookie } = await poll();
    const answer = await report(`{"job_id":${job},"cookie":"${cookie}","data":${data}}`);
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Accepted')]);
    expect(await stateOf(job)).toMatchObject({ state: 'error', message: expect.stringMatching(message) });
    await client.call(`/api/v1/Foreman/FoundationJob:${job}:(reset)`);
  }
});

it('and so does a failure whose text is too long, or cannot be kept', async () => {
  const { job_id: job, cookie } = await poll();
  const body = JSON.stringify({ job_id: job, cookie, msg: `no\0${'x'.repeat(MAX_BODY)}` });
  expect((await call('jobError', body)).status).toBe(200);
  const { state, message } = await stateOf(job);
  expect([state, message]).toEqual(['error', `no\ufffd${'x'.repeat(1021)}`]);
  await client.call(`/api/v1/Foreman/FoundationJob:${job}:(reset)`);
});

it('is refused where it is larger still, or something else is wrong with the request', async () => {
  const { job_id: job, cookie } = await poll();
  const huge = `{"job_id":${job},"cookie":"${cookie}","data":{"result":"${'x'.repeat(4 * MAX_BODY)}"}}`;
  expect((await cinp(huge)).status).toBe(400);
  expect((await cinp(`{"job_id":9007199254740993,"cookie":"${cookie}","data":{}}`)).status).toBe(400);
  expect((await cinp(`{"job_id":${job},"cookie":"${cookie}"}`)).status).toBe(400);
  const answer = await cinp(`{"job_id":${job},"cookie":"${cookie}","data":{"result":100}}`);
  expect(answer.status).toBe(200);
  expect(await stateOf(job)).toMatchObject({ state: 'paused', message: 'it was taken' });
});
