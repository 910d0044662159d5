import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MachineLogins } from '#boot';
import { CinpClient } from '#cinp';
import { manualFoundation, SECRET_KEY, until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

const { server, client, database, token } = await startJourney();

const FOUNDATION = '/api/v1/Building/Foundation';
const JOB = '/api/v1/Foreman/FoundationJob';
const BASE = '/api/v1/Foreman/BaseJob';
const PASSWORD = 'a long pass phrase';

const image = new CinpClient(server.url, { version: '1.0' });
const auth = { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' };

interface Shown {
  readonly state: string;
  readonly message: string;
  readonly conditions: readonly { readonly name: string; readonly text: string; readonly links: readonly object[] }[];
}

/** A job as REST shows it; undefined when it is over. */
async function shown(job: number): Promise<Shown | undefined> {
  const response = await fetch(`${server.url}/api/rest/Foreman/FoundationJob/${job}`, { headers: auth });
  return response.status === 404 ? undefined : ((await response.json()) as Shown);
}
const becomes = (job: number, state: string) => until(async () => (await shown(job))?.state === state);

let hosts = 0;
/** A job that runs this script. */
async function started(script: string): Promise<number> {
  const name = `signalled${(hosts += 1)}`;
  await manualFoundation(client, 'site1', name, `begin()\n  ${script}\nend\n`);
  return client.call<number>(`${FOUNDATION}:${name}:(doCreate)`);
}
const BOOT = 'signaling.reset( pxe_name="disk-wipe" )\n  signaling.wait_for_completion()';
const waiting = (job: number) => until(async () => (await shown(job))?.conditions[0]?.name === 'signal');

beforeAll(async () => {
  await client.create('/api/v1/Site/Site', { name: 'site1', description: 'a site' });
  const post = (path: string, body: object) =>
    fetch(`${server.url}/api/rest/Auth/Account${path}`, { method: 'POST', headers: auth, body: JSON.stringify(body) });
  expect((await post('', { name: 'jobsig', permissions: ['Foreman.can_job_signal'] })).status).toBe(201);
  expect((await post('/jobsig/setPassword', { password: PASSWORD })).ok).toBe(true);
  await image.login('jobsig', PASSWORD);
});
afterAll(() => image.logout().catch(() => undefined));

describe('a machine that was booted for a job', () => {
  it('knows the job by its configuration, says how far it is, and when it is done the job goes on', async () => {
    const job = await started(BOOT);
    await waiting(job);
    const config = await client.call<Record<string, unknown>>(`${FOUNDATION}:signalled${hosts}:(getConfig)`);
    expect(config['_foundation_job_id']).toBe(job);
    expect(await shown(job)).toMatchObject({
      state: 'queued',
      message: 'Waiting for Complete Signal',
      conditions: [
        {
          name: 'signal',
          text: `Waiting for the signal ${job}(disk-wipe) of the machine that was booted`,
          links: [{ model: 'Foreman/BaseJob', id: String(job) }],
        },
      ],
    });

    expect(await image.call(`${BASE}:${job}:(postMessage)`, { msg: `half way\0${'x'.repeat(9000)}` })).toBe('Posted');
    expect((await shown(job))?.message).toMatch(/^half way\ufffdx{1015}$/);
    expect(await image.call(`${BASE}:${job}:(signalComplete)`, { cookie: `${job}(other)` })).toBe('Invalid Cookie');
    expect((await shown(job))?.state).toBe('queued');

    const done = () => image.call(`${BASE}:${job}:(signalComplete)`, { cookie: `${job}(disk-wipe)` });
    expect(await done()).toBe('Recieved');
    await until(async () => (await shown(job)) === undefined);
    expect(await client.get(`/api/v1/Foreman/JobLog:${job}:`)).toMatchObject({ finished_at: expect.any(String) });
    await expect(done()).rejects.toMatchObject({ status: 404 });
  });

  it('is let in by what its boot script gives it, for the signals of that job alone', async () => {
    const [job, other] = [await started(BOOT), await started(BOOT)];
    await waiting(job);
    const key = createHmac('sha256', Buffer.from(SECRET_KEY, 'base64')).update('key\nmachines that boot').digest();
    const { attributes = [] } = new MachineLogins(key, Date.now).layer(new Map([['_foundation_job_id', job]]));
    const [[, login] = []] = attributes;
    const ask = async (path: string, body: object) => {
      const headers = { ...auth, Authorization: `Bearer ${login as string}` };
      const asked = await fetch(`${server.url}/api/rest/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return [asked.status, await asked.text()];
    };
    expect(await ask(`Foreman/BaseJob/${job}/postMessage`, { msg: 'half way' })).toEqual([200, '{"value":"Posted"}']);
    for (const [action, body] of [
      ['postMessage', { msg: 'x' }],
      ['signalAlert', { msg: 'x' }],
      ['signalComplete', { cookie: `${other}(disk-wipe)` }],
    ] as const) {
      const refusal = await ask(`Foreman/BaseJob/${other}/${action}`, body);
      expect(refusal).toEqual([403, expect.stringContaining(`this machine was booted for job ${job}`)]);
    }
    expect((await ask('Records/Search/find', { text: 'signalled' }))[0]).toBe(403);
    expect((await ask('Survey/Cartographer/register', { identifier: 'm1' }))[0]).toBe(403);
    const complete = { cookie: `${job}(disk-wipe)` };
    expect(await ask(`Foreman/BaseJob/${job}/signalComplete`, complete)).toEqual([200, '{"value":"Recieved"}']);
    await until(async () => (await shown(job)) === undefined);
  });

  it('is heard once, however many say it at the same time', async () => {
    const job = await started(`${BOOT}\n  pause( msg="wiped" )`);
    await waiting(job);
    const cookie = `${job}(disk-wipe)`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => image.call(`${BASE}:${job}:(signalComplete)`, { cookie })),
    );
    expect(new Set(answers)).toEqual(new Set(['Recieved']));
    await becomes(job, 'paused');
    await client.call(`${JOB}:${job}:(resume)`);
    await until(async () => (await shown(job)) === undefined);
  });

  it('puts the job into error when it says that something is wrong; a reset waits on', async () => {
    const job = await started(BOOT);
    await waiting(job);
    const alert = await fetch(`${server.url}/api/rest/Foreman/BaseJob/${job}/signalAlert`, {
      method: 'POST',
      headers: auth,
      body: JSON.stringify({ msg: 'no disk' }),
    });
    expect(await alert.json()).toEqual({ value: 'Alerted' });
    expect(await shown(job)).toMatchObject({ state: 'error', message: 'no disk', conditions: [{ name: 'error' }] });
    // A signal is taken in any state.
    await client.call(`${JOB}:${job}:(reset)`);
    await waiting(job);
    await image.call(`${BASE}:${job}:(signalAlert)`, { msg: 'still no disk' });
    await image.call(`${BASE}:${job}:(signalComplete)`, { cookie: `${job}(disk-wipe)` });
    expect((await shown(job))?.state).toBe('error');
    await client.call(`${JOB}:${job}:(reset)`);
    await until(async () => (await shown(job)) === undefined);
  });

  it('may do nothing else', async () => {
    const job = await started(BOOT);
    for (const action of ['pause', 'rollback', 'cancel', 'jobRunnerVariables']) {
      await expect(image.call(`${BASE}:${job}:(${action})`)).rejects.toMatchObject({ status: 403 });
    }
    await expect(image.get(`${JOB}:${job}:`)).rejects.toMatchObject({ status: 403 });
    await expect(new CinpClient(server.url).call(`${BASE}:${job}:(postMessage)`, { msg: '' })).rejects.toMatchObject({
      status: 403,
    });
  });
});

describe('a job in error', () => {
  it('is rolled back: the step is undone and done again, each with a task of its own', async () => {
    const job = await started('test.act( name="disk", outcome="fail" )');
    await becomes(job, 'error');
    await client.call(`${JOB}:${job}:(rollback)`);
    await becomes(job, 'error');
    expect((await shown(job))?.message).toContain('"disk" fails, as it was told to');
    const { rows } = await database.pool.query<{ data: string }>(
      `SELECT data FROM log.events WHERE stream = $1 AND type = 'JobStepRequested' ORDER BY position`,
      [`job-${job}`],
    );
    const orders = rows.map(({ data }) => (JSON.parse(data) as { order: { task: string; function: string } }).order);
    expect(orders.map((order) => `${order.task} ${order.function}`)).toEqual([
      `${job}-1 act`,
      `${job}-2 act_rollback`,
      `${job}-3 act`,
    ]);
  });

  it('is not rolled back at what cannot be undone, nor where it is not in error', async () => {
    const job = await started('error( msg="stop" )');
    await becomes(job, 'error');
    await expect(client.call(`${BASE}:${job}:(rollback)`)).rejects.toMatchObject({
      status: 400,
      body: {
        exception: 'ForemanException',
        error: 'ROLLBACK_REFUSED',
        message: 'Unable to rollback "Rollback not possible"',
      },
    });
    await client.call(`${BASE}:${job}:(reset)`);
    const paused = await started('pause( msg="look" )');
    await becomes(paused, 'paused');
    await expect(client.call(`${BASE}:${paused}:(rollback)`)).rejects.toMatchObject({
      body: { error: 'NOT_ERRORED', message: 'Can only rollback a job if it is in error' },
    });
  });
});

describe('why a job does not move', () => {
  it('is told over REST, reason by reason, and as text over CInP', async () => {
    const created = async (model: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
      (await client.create(`/api/v1/${model}`, values)).uri;
    const base = await created('BluePrint/FoundationBluePrint', {
      name: 'carried',
      description: 'x',
      foundation_type_list: ['ManualComplex', 'Manual'],
    });
    await created('BluePrint/Script', { name: 'idle', description: 'x', script: '# nothing\n' });
    await created('BluePrint/BluePrintScript', {
      blueprint: '/api/v1/BluePrint/BluePrint:carried:',
      script: '/api/v1/BluePrint/Script:idle:',
      name: 'create',
    });
    const web = await created('BluePrint/StructureBluePrint', {
      name: 'web',
      description: 'x',
      foundation_blueprint_list: [base],
    });
    await created('Manual/ManualFoundation', { locator: 'below', site: '/api/v1/Site/Site:site1:', blueprint: base });
    const member = await created('Building/Structure', {
      hostname: 'member',
      site: '/api/v1/Site/Site:site1:',
      blueprint: web,
      foundation: `${FOUNDATION}:below:`,
    });
    await created('Manual/ManualComplex', {
      name: 'rack',
      site: '/api/v1/Site/Site:site1:',
      description: 'x',
      members: [member],
    });
    await created('Manual/ManualComplexedFoundation', {
      locator: 'carried1',
      site: '/api/v1/Site/Site:site1:',
      blueprint: base,
      complex_host: '/api/v1/Manual/ManualComplex:rack:',
    });
    const job = await client.call<number>(`${FOUNDATION}:carried1:(doCreate)`);
    const text = 'complex rack is 0 % of 90 %: 0 of 1 members are built';
    expect(await shown(job)).toMatchObject({
      state: 'waiting',
      message: text,
      conditions: [{ name: 'complex-not-built', text, links: [{ model: 'Building/Complex', id: 'rack' }] }],
    });
    const overCinp = await client.get(`${JOB}:${job}:`);
    expect(overCinp).toMatchObject({ can_start: 'False', message: text });
    expect(overCinp).not.toHaveProperty('conditions');

    const delayed = await started('delay( minutes=10 )');
    await until(async () => (await shown(delayed))?.conditions[0]?.name === 'timer');
    expect((await shown(delayed))?.conditions).toMatchObject([{ until: expect.stringMatching(/^20\d\d-.*Z$/) }]);
  });
});

describe('what a script can read', () => {
  it('is shown with its variables and where it stands, without secrets', async () => {
    const job = await started('count = 3\n  password = config.db_password\n  pause( msg="look" )');
    await becomes(job, 'aborted');
    const other = await started('count = 3\n  pause( msg="look" )');
    await becomes(other, 'paused');
    expect(await client.call(`${JOB}:${other}:(jobRunnerVariables)`)).toMatchObject({
      'foundation.locator': `signalled${hosts}`,
      'signaling.complete': 'False',
      'config._foundation_job_id': String(other),
      count: 3,
    });
    const state = await client.call<{ readonly state: readonly (readonly unknown[])[] }>(
      `${JOB}:${other}:(jobRunnerState)`,
    );
    expect(state).toMatchObject({ cur_line: 3 });
    expect(state.state[0]?.[0]).toBe('S');
    expect(state.state.at(-1)).toEqual(['F', null]);
  });
});

/** As the server before this one described its models. */
const recorded = JSON.parse(readFileSync('test/cases/describe.json', 'utf8')) as Readonly<
  Record<string, { models?: Readonly<Record<string, Described>> }>
>;
interface Described {
  readonly actions: Readonly<Record<string, object>>;
  readonly fields: readonly { readonly name: string }[];
  readonly 'not-allowed-verbs': readonly string[];
  readonly 'list-filters': Readonly<Record<string, unknown>>;
}
const byName = (fields: Described['fields']) => Object.fromEntries(fields.map(({ name, ...field }) => [name, field]));
/** What is new. */
const NEW = ['cancel', 'getSubnets'];

describe.each(['Foreman', 'SubContractor', 'PostOffice'])('the namespace %s', (namespace) => {
  const models = Object.entries(recorded[`/api/v1/${namespace}/`]?.models ?? {});
  it.each(models)('describes %s as it was', async (name, { actions, ...model }) => {
    const path = `/api/v1/${namespace}/${name}`;
    const found = (await client.describe(path)).data as unknown as Omit<Described, 'actions'> & {
      readonly actions: readonly string[];
    };
    const withoutCall = (verbs: readonly string[]) => verbs.filter((verb) => verb !== 'CALL').toSorted();
    expect(withoutCall(found['not-allowed-verbs'])).toEqual(withoutCall(model['not-allowed-verbs']));
    expect(found['list-filters']).toEqual(model['list-filters']);
    // The fields of dependency jobs were described by the letters of a word.
    if (name !== 'DependencyJob') {
      expect(byName(found.fields)).toMatchObject(byName(model.fields));
      expect(found.fields.map((field) => field.name)).toEqual(model.fields.map((field) => field.name));
    }
    const own = Object.keys(actions).map((action) => `${path}(${action})`);
    const added = NEW.map((action) => `${path}(${action})`);
    expect(found.actions.filter((action) => !added.includes(action)).toSorted()).toEqual(own.toSorted());
    for (const [action, as] of Object.entries(actions)) {
      expect((await client.describe(`${path}(${action})`)).data).toMatchObject(as);
    }
  });
});
