import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { array, assert, asyncProperty, constantFrom, integer, option, record } from 'fast-check';
import { CinpClient } from '#cinp';
import { MASK, maskSecrets } from '#kernel';
import { startContractor, until } from '#testing';
import type { RestAnswer } from './start-journey.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const { client, database, rest, server } = await startJourney({
  CONTRACTOR_APPROVALS: 'Site.delete_site@guarded',
  // The name server of the zones is the machine that is made first.
  BIND_NS_NETWORKED_LIST: '1',
});
const second = await startContractor({ DATABASE_URL: database.url });
afterAll(() => second.stop());

type Values = Readonly<Record<string, unknown>>;
interface Told {
  readonly stream: string;
  readonly type: string;
  readonly data: unknown;
}
interface Logged extends Told {
  readonly request: string;
  readonly reason: string | null;
  readonly actor: string;
}

/** What stands in the log behind a position, without what is said of previews themselves. */
async function logged(after = 0): Promise<readonly Logged[]> {
  const { rows } = await database.pool.query<Logged>(
    `SELECT stream, type, data::json AS data, meta::json->>'request' AS request, meta::json->>'reason' AS reason,
       meta::json->>'actor' AS actor FROM log.events WHERE position > $1 AND stream NOT LIKE 'preview-%' ORDER BY position`,
    [after],
  );
  return rows;
}
const ofRequest = async (id: unknown): Promise<readonly Told[]> =>
  (await logged())
    .filter(({ request }) => request === id || request === `${String(id)}/close`)
    .map(({ stream, type, data }) => ({ stream, type, data: maskSecrets(data) }));
async function head(): Promise<number> {
  const { rows } = await database.pool.query<{ head: number }>('SELECT max(position)::int AS head FROM log.events');
  return rows[0]?.head ?? 0;
}
const value = ({ body }: RestAnswer): Values => (body['value'] ?? {}) as Values;
const codes = ({ body }: RestAnswer): readonly string[] =>
  ((body['errors'] ?? []) as readonly { readonly code: string }[]).map(({ code }) => code);
const commit = (id: unknown, at = server) => rest('POST', 'Records/Preview/commit', { id }, at);
const make = (...requests: readonly Values[]) => rest('POST', 'Records/Preview/make', { requests });
const secrets = async (): Promise<number> =>
  (await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM ledger.secrets')).rows[0]?.n ?? 0;

/** A session of somebody else, with these permissions. */
async function somebody(username: string, permissions: readonly string[]) {
  const password = `${username} has a long one`;
  expect((await rest('POST', 'Auth/Account', { name: username, permissions })).status).toBe(201);
  await rest('POST', `Auth/Account/${username}/setPassword`, { password });
  const other = new CinpClient(server.url, { version: '1.0' });
  const token = await other.login(username, password);
  return async (action: string, body: Values) => {
    const response = await fetch(`${server.url}/api/rest/Records/Preview/${action}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${username}:${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as RestAnswer['body'], position: '' };
  };
}

const ACT = 'begin()\n  test.act( name="x", delay_ms=1 )\nend\n';

/** Sites, blueprints, a network, and one machine. */
async function prepare() {
  for (const name of ['s1', 's2', 'guarded']) await client.create('/api/v1/Site/Site', { name, description: name });
  const zone = (await client.create('/api/v1/Directory/Zone', { name: 'lab' })).uri;
  await client.update('/api/v1/Site/Site:s1:', { zone });
  const box = { name: 'box', description: 'x', foundation_type_list: ['Test'], physical_interface_names: ['eth0'] };
  await client.create('/api/v1/BluePrint/FoundationBluePrint', box);
  await client.create('/api/v1/BluePrint/StructureBluePrint', {
    name: 'web',
    description: 'x',
    foundation_blueprint_list: ['/api/v1/BluePrint/FoundationBluePrint:box:'],
  });
  await client.create('/api/v1/BluePrint/Script', { name: 'act', description: 'x', script: ACT });
  for (const blueprint of ['box', 'web']) {
    await client.create('/api/v1/BluePrint/BluePrintScript', {
      blueprint: `/api/v1/BluePrint/BluePrint:${blueprint}:`,
      script: '/api/v1/BluePrint/Script:act:',
      name: 'create',
    });
  }
  const at = '/api/v1/Site/Site:s1:';
  const network = (await client.create('/api/v1/Utilities/Network', { name: 'lan', site: at })).uri;
  const block = { name: 'lan', site: at, subnet: '10.0.0.0', prefix: 22, gateway_offset: 1 };
  const address_block = (await client.create('/api/v1/Utilities/AddressBlock', block)).uri;
  await client.create('/api/v1/Utilities/NetworkAddressBlock', { network, address_block });
  const made = await rest('POST', 'Building/Machine/provision', machine('m0', false));
  const [{ structure }] = value(made)['machines'] as [{ readonly structure: number }];
  return { structure };
}
const machine = (name: string, jobs: boolean): Values => ({
  site: 's1',
  blueprint: 'web',
  foundation_type: 'Test',
  names: [name],
  address_block: 1,
  jobs,
});
const lab = await prepare();

describe('a preview', () => {
  it('tells what a request would do, and writes nothing', async () => {
    const before = await head();
    const values = { description: 'x', config_values: { motd: 'hello', db_password: 'hush' } };
    const { status, body } = await rest('PATCH', 'Site/Site/s1?preview', values);
    expect(status).toBe(200);
    expect(body['events']).toEqual([
      { stream: 'site-s1', type: 'SiteDescribed', data: { description: 'x' } },
      {
        stream: 'site-s1',
        type: 'SiteConfigured',
        data: {
          configValues: [
            ['motd', 'hello'],
            ['db_password', MASK],
          ],
        },
      },
    ]);
    expect(body['objects']).toMatchObject([
      {
        model: 'Site/Site',
        id: 's1',
        change: 'changed',
        before: { description: 's1', config_values: {} },
        after: { description: 'x', config_values: { motd: 'hello', db_password: MASK } },
      },
    ]);
    expect(body['documents']).toContainEqual({
      model: 'Building/Structure',
      id: lab.structure,
      name: 'm0',
      values: { db_password: { before: null, after: MASK }, motd: { before: null, after: 'hello' } },
    });
    expect(body['requests']).toMatchObject([{ method: 'PATCH', path: '/api/rest/Site/Site/s1', status: 200 }]);
    expect(await head()).toBe(before);
    expect((await rest('GET', 'Site/Site/s1')).body).toMatchObject({ description: 's1', config_values: {} });
    const kept = await secrets();
    await rest('POST', 'Records/Preview/discard', { id: body['id'] });
    expect(await secrets()).toBe(kept - 1);
    expect((await rest('POST', 'Records/Preview/get', { id: body['id'] })).status).toBe(404);
  });

  it('tells of jobs, tasks, records of zones and what follows', async () => {
    const subscription = { name: 'all', url: 'https://192.0.2.9/', kinds: ['structure.*'], enabled: true };
    expect((await rest('POST', 'PostOffice/Subscription', subscription)).status).toBe(201);
    const { body } = await rest('POST', 'Building/Machine/provision?preview', machine('m1', true));
    expect(body['jobs']).toMatchObject([
      { site: 's1', script: 'create' },
      { site: 's1', script: 'create' },
    ]);
    const zones = body['zones'] as readonly { readonly zone: string; readonly added: readonly string[] }[];
    expect(zones.find(({ zone }) => zone === 'lab')?.added.join()).toMatch(/m1\s.*\sA\s+10\.0\.0\./);
    expect(body['would_send']).toMatchObject({
      tasks: [{ module: 'test', function: 'act' }],
      deliveries: [
        { subscription: 'all', kind: 'structure.created' },
        { subscription: 'all', kind: 'structure.job_begun' },
      ],
    });
    const moved = await rest('PATCH', 'Site/Site/s1?preview', { zone: null });
    const { events } = moved.body['follows'] as { readonly events: readonly Told[] };
    expect(events.map(({ type }) => type)).toContain('StructureZoneChosen');
  });

  it('tells which boxes would be told, of a state that is forced and of a job that would be made', async () => {
    const box = { foundation: 'm0', url: 'https://192.0.2.9/', type: 'post', one_shot: true };
    const made = await rest('POST', 'PostOffice/FoundationBox', box);
    expect(made.status).toBe(201);
    const delivery = {
      box: { model: 'PostOffice/FoundationBox', id: made.body['id'] },
      kind: 'post',
      script: 'create',
      object: { model: 'Building/Foundation', id: 'm0' },
    };
    const told = async (action: string, body: Values) => {
      const { would_send: sent } = (await rest('POST', `Building/Foundation/m0/${action}?preview`, body)).body as {
        readonly would_send: { readonly deliveries: readonly Values[] };
      };
      return sent.deliveries.filter(({ box: to }) => to !== undefined);
    };
    expect(await told('force', { state: 'built' })).toEqual([{ ...delivery, when_job_ends: null }]);
    expect(await told('doCreate', {})).toEqual([{ ...delivery, when_job_ends: expect.any(Number) }]);
    expect((await rest('DELETE', `PostOffice/FoundationBox/${String(made.body['id'])}`)).status).toBe(204);
  });

  it('shows to whoever looks at it only what they may see of objects, whatever its maker has seen', async () => {
    const { body } = await rest('POST', 'Building/Machine/provision?preview=approval', machine('m9', false));
    const events = body['events'] as readonly { readonly data: { readonly configUuid?: string } }[];
    const uuid = events.flatMap(({ data }) => data.configUuid ?? [])[0] ?? 'there is none';
    expect(uuid).toMatch(/^[\da-f-]{36}$/);
    const dora = await somebody('dora', ['Records.can_approve', 'Records.view_preview']);
    const seen = await dora('get', { id: body['id'] });
    expect([seen.status, JSON.stringify(seen.body).includes(uuid)]).toEqual([200, false]);
    expect(JSON.stringify(seen.body)).toContain(`"configUuid":"${MASK}"`);
    const own = await rest('POST', 'Records/Preview/get', { id: body['id'] });
    expect(JSON.stringify(own.body)).toContain(uuid);
    await rest('POST', 'Records/Preview/discard', { id: body['id'] });
  });

  it('has the faults of the request, with its status', async () => {
    for (const [method, path, body] of [
      ['POST', 'Site/Site', { name: 's1', description: 'x' }],
      ['PATCH', 'Site/Site/s1', { zone: 99, description: 7 }],
      ['PATCH', 'Site/Site/none', {}],
      ['DELETE', 'Site/Site/s1', undefined],
      ['POST', 'Site/Site', { nosuch: 1 }],
    ] as const) {
      const [previewed, real] = [await rest(method, `${path}?preview`, body), await rest(method, path, body)];
      expect(real.status).toBeGreaterThanOrEqual(400);
      expect({ ...previewed.body, request: '' }).toEqual({ ...real.body, request: '' });
    }
    expect((await rest('GET', 'Site/Site/s1?preview')).status).toBe(400);
    expect(codes(await rest('POST', 'Auth/User/login?preview', { username: 'root', password: 'x' }))).toEqual([
      'NOT_PREVIEWABLE',
    ]);
    const batch = await make(
      { method: 'POST', path: 'Site/Site', body: { name: 'b1', description: 'x' } },
      { method: 'PATCH', path: '/api/rest/Site/Site/b2', body: {} },
    );
    expect([batch.status, batch.body['detail']]).toEqual([
      404,
      'Request 2 of 2 (PATCH /api/rest/Site/Site/b2): There is no Site/Site b2.',
    ]);
  });

  it('is committed by another server, once, as it was shown', async () => {
    const { body } = await make(
      {
        method: 'POST',
        path: 'Site/Site',
        body: { name: 'b1', description: 'x', config_values: { a_secret: 'hush' } },
      },
      { method: 'PATCH', path: 'Site/Site/b1', body: { description: 'y', parent: 's1' } },
      { method: 'POST', path: 'Building/Machine/provision', body: machine('m2', true) },
    );
    const { id, events } = body['value'] as Values;
    const [one, other] = await Promise.all([commit(id), commit(id, second)]);
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(await ofRequest(id)).toEqual(events);
    expect((await rest('GET', 'Site/Site/b1')).body).toMatchObject({ description: 'y', parent: 's1' });
    expect(value(await rest('POST', 'Records/Preview/get', { id }))).toMatchObject({ id, state: 'committed' });
    expect((await commit(id)).status).toBe(200);
    expect(await ofRequest(id)).toHaveLength((events as readonly Told[]).length);
  });

  it('holds an address for its time from when it is committed', async () => {
    const { body } = await rest('POST', 'Utilities/AddressBlock/1/holdAddress?preview', { key: 'later', seconds: 300 });
    const untilOf = (events: unknown) =>
      (events as readonly Told[]).map(({ data }) => Date.parse((data as { readonly until: string }).until));
    const [shown] = untilOf(body['events']);
    const before = Date.now();
    expect((await commit(body['id'], second)).status).toBe(200);
    const [held] = untilOf(await ofRequest(body['id']));
    expect(held).toBeGreaterThan(shown!);
    expect(held).toBeGreaterThanOrEqual(before + 300_000);
  });

  it('is refused, naming what has changed, where it is no longer what it rests on', async () => {
    const { body } = await rest('PATCH', 'Site/Site/b1?preview', { parent: 's2' });
    await rest('PATCH', 'Site/Site/b1', { description: 'z' });
    const refused = await commit(body['id'], second);
    expect([refused.status, codes(refused)]).toEqual([409, ['CHANGED']]);
    expect(refused.body['detail']).toContain('site b1');
    expect(await ofRequest(body['id'])).toEqual([]);
  });

  it('deletes nothing that somebody has come to use', async () => {
    const { body } = await rest('DELETE', 'Site/Site/s2?preview');
    expect((body['events'] as readonly Told[]).map(({ type }) => type)).toEqual(['SiteClosed', 'SiteDeleted']);
    await rest('PATCH', 'Site/Site/b1', { parent: 's2' });
    const refused = await commit(body['id']);
    expect([refused.status, codes(refused)]).toEqual([409, ['NOT_DELETABLE']]);
    await rest('PATCH', 'Site/Site/b1', { parent: null });
    const again = await rest('DELETE', 'Site/Site/s2?preview');
    expect((await commit(again.body['id'], second)).status).toBe(200);
    expect(await ofRequest(again.body['id'])).toEqual(again.body['events']);
  });
});

describe('the approval of a second person', () => {
  it('is demanded by a rule, given by somebody else, and stands in the log', async () => {
    const ann = await somebody('ann', ['Records.can_approve', 'Records.view_preview']);
    const bob = await somebody('bob', ['Site.view_site']);
    const direct = await rest('DELETE', 'Site/Site/guarded');
    expect([direct.status, codes(direct)]).toEqual([409, ['APPROVAL_REQUIRED']]);
    const { body } = await rest('DELETE', 'Site/Site/guarded?preview');
    const id = body['id'];
    expect(body['needs_approval']).toBe(true);
    expect(codes(await commit(id))).toEqual(['APPROVAL_REQUIRED']);
    expect(codes(await rest('POST', 'Records/Preview/approve', { id }))).toEqual(['OWN_PREVIEW']);
    expect((await bob('approve', { id })).status).toBe(403);
    expect((await bob('get', { id })).status).toBe(404);
    expect(value(await ann('get', { id }))).toMatchObject({ id, state: 'waits for approval', events: body['events'] });
    expect((await ann('approve', { id, reason: 'nobody is there any more' })).status).toBe(200);
    expect((await ann('commit', { id })).status).toBe(403);
    expect((await commit(id)).status).toBe(200);
    const deleted = (await logged()).find(({ type, stream }) => type === 'SiteDeleted' && stream === 'site-guarded');
    // The log knows her by an id.
    const reason = expect.stringMatching(/^approved by person\.[0-9a-z]{22}: nobody is there any more$/);
    expect(deleted).toMatchObject({ actor: 'root', reason });
  });

  it('is asked for by who makes it, refused with a no, and where things have changed', async () => {
    const carl = await somebody('carl', ['Records.can_approve', 'Records.view_preview']);
    const first = await rest('PATCH', 'Site/Site/s1?preview=approval', { description: 'first' });
    expect((await carl('reject', { id: first.body['id'], reason: 'not now' })).status).toBe(200);
    expect(codes(await commit(first.body['id']))).toEqual(['PREVIEW_OVER']);
    const other = await rest('PATCH', 'Site/Site/s1?preview=approval', { description: 'other' });
    await rest('PATCH', 'Site/Site/s1', { description: 'meanwhile' });
    expect(codes(await carl('approve', { id: other.body['id'] }))).toEqual(['CHANGED']);
  });
});

/** Names that commands are about, few enough that they meet. */
const some = constantFrom('p1', 'p2', 'p3');
const number = integer({ min: 1, max: 3 });
const COMMANDS: Readonly<Record<string, (name: string, n: number) => Values>> = {
  makeSite: (name) => ({ method: 'POST', path: 'Site/Site', body: { name, description: name } }),
  changeSite: (name, n) => ({
    method: 'PATCH',
    path: `Site/Site/${name}`,
    body: { description: `d${n}`, config_values: { n, x_password: `p${n}` } },
  }),
  moveSite: (name, n) => ({ method: 'PATCH', path: `Site/Site/${name}`, body: { parent: n === 1 ? null : `p${n}` } }),
  dropSite: (name) => ({ method: 'DELETE', path: `Site/Site/${name}` }),
  configure: (_, n) => ({ method: 'PATCH', path: 'BluePrint/StructureBluePrint/web', body: { config_values: { n } } }),
  foundation: (name, n) => ({
    method: 'POST',
    path: 'Test/TestFoundation',
    body: { locator: `f${name}`, site: n === 3 ? name : 's1', blueprint: 'box' },
  }),
  dropFoundation: (name) => ({ method: 'DELETE', path: `Building/Foundation/f${name}` }),
  structure: (name) => ({
    method: 'POST',
    path: 'Building/Structure',
    body: { hostname: `h${name}`, site: 's1', blueprint: 'web', foundation: `f${name}` },
  }),
  dependency: (name) => ({
    method: 'POST',
    path: 'Building/Dependency',
    body: { foundation: `f${name}`, structure: lab.structure, link: 'soft' },
  }),
  address: (_, n) => ({
    method: 'POST',
    path: 'Utilities/AddressBlock/1/nextAddress',
    body: { networked: lab.structure, interface_name: `eth${n}` },
  }),
  provision: (name, n) => ({
    method: 'POST',
    path: 'Building/Machine/provision',
    body: machine(`v${name}${n}`, n === 1),
  }),
  job: (name) => ({ method: 'POST', path: `Building/Foundation/f${name}/doCreate`, body: {} }),
};
const command = record({ what: constantFrom(...Object.keys(COMMANDS)), name: some, n: number });
const requestOf = ({ what, name, n }: { what: string; name: string; n: number }): Values => COMMANDS[what]!(name, n);
const send = ({ method, path, body }: Values) => rest(String(method), String(path), body);

/** Events of each stream, in their order. */
const byStream = (events: readonly Told[]): ReadonlyMap<string, readonly unknown[]> => {
  const streams = new Map<string, unknown[]>();
  for (const { stream, type, data } of events) streams.set(stream, [...(streams.get(stream) ?? []), [type, data]]);
  return streams;
};

describe('whatever is previewed', () => {
  it('is committed exactly so, or refused', async () => {
    const outcomes = new Map<string, number>();
    const note = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const property = asyncProperty(
      array(command, { minLength: 1, maxLength: 3 }),
      option(command),
      async (wanted, meanwhile) => {
        const before = (await logged()).filter(({ actor }) => actor === 'root').length;
        const requests = wanted.map(requestOf);
        const made = await make(...requests);
        expect((await logged()).filter(({ actor }) => actor === 'root')).toHaveLength(before);
        if (made.status !== 200) {
          note(`refused ${made.status}`);
          expect(made.status).toBeLessThan(500);
          if (requests.length > 1) return;
          const real = await send(requests[0]!);
          expect(real.status).toBe(made.status);
          // What the other server has committed a moment before may have come in between.
          const refused = JSON.stringify(codes(real));
          await until(async () => JSON.stringify(codes(await make(...requests))) === refused, 10_000);
          return;
        }
        const { id, events } = value(made) as { readonly id: string | null; readonly events: readonly Told[] };
        if (id === null) return;
        const seen = await head();
        if (meanwhile) await send(requestOf(meanwhile));
        const done = await commit(id, meanwhile?.n === 2 ? second : server);
        const appended = await ofRequest(id);
        if (done.status === 200) {
          note('committed');
          expect(byStream(appended)).toEqual(byStream(events));
          if (!events.some(({ type }) => type.endsWith('Closed'))) expect(appended).toEqual(events);
        } else {
          note('outrun');
          expect([done.status, codes(done)]).toEqual([409, [expect.stringMatching(/^(?:CHANGED|NOT_DELETABLE)$/)]]);
          expect(await head()).toBeGreaterThan(seen);
          expect(appended.filter(({ type }) => !type.endsWith('Closed'))).toEqual([]);
        }
      },
    );
    await assert(property, { numRuns: 40 });
    expect(outcomes.get('committed')).toBeGreaterThan(0);
  });
});
