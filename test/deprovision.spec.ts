import { describe, expect, it, jest } from '@jest/globals';
import { until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const { client, database, rest } = await startJourney();

type Values = Readonly<Record<string, unknown>>;
interface Machine {
  readonly hostname: string;
  readonly structure: number;
  readonly foundation: string;
  readonly addresses: readonly string[];
  readonly jobs: readonly { readonly target: string; readonly script: string; readonly job: number | null }[];
}
interface Plan {
  readonly id: number | null;
  readonly machines: readonly Machine[];
}

const id = (uri: string): number => Number(/:(\d+):$/.exec(uri)?.[1]);

/** A site with a network, and a blueprint whose scripts do next to nothing; that of `stuck` waits for somebody when it destroys. */
async function prepare(): Promise<number> {
  const site = '/api/v1/Site/Site:lab:';
  await client.create('/api/v1/Site/Site', { name: 'lab', description: 'x' });
  const fast = 'begin()\n  delay( seconds=1 )\nend\n';
  const waits = 'begin()\n  pause( msg="wait" )\nend\n';
  const loaded = await rest('POST', 'BluePrint/ResourceFile/load', {
    files: {
      'lab.toml': `sflinks = [ ['web', 'box'], ['stuck', 'box'] ]
[script.fast]
description = 'x'
script = '''
${fast}'''
[script.waits]
description = 'x'
script = '''
${waits}'''
[foundation.box]
description = 'x'
foundation_types = ['Test']
physical_interface_names = ['eth0']
scripts = { create = 'fast', destroy = 'fast' }
[structure.web]
description = 'x'
scripts = { create = 'fast', destroy = 'fast' }
[structure.stuck]
description = 'x'
scripts = { create = 'fast', destroy = 'waits' }
`,
    },
  });
  expect([loaded.status, loaded.body['errors']]).toEqual([200, undefined]);
  const network = await client.create('/api/v1/Utilities/Network', { name: 'lan', site });
  const values = { name: 'main', site, subnet: '10.0.0.0', prefix: 24 };
  const block = await client.create('/api/v1/Utilities/AddressBlock', values);
  await client.create('/api/v1/Utilities/NetworkAddressBlock', { network: network.uri, address_block: block.uri });
  return id(block.uri);
}
const block = await prepare();

const built = async (names: string, more: Values = {}): Promise<readonly Machine[]> => {
  const usual = { site: 'lab', blueprint: 'web', foundation_type: 'Test', address_block: block };
  const { status, body } = await rest('POST', 'Building/Machine/provision', { ...usual, names: [names], ...more });
  expect([status, body['errors']]).toEqual([200, undefined]);
  const { machines } = body['value'] as Plan;
  if (more['jobs'] !== false) {
    await until(async () => {
      const all = await Promise.all(machines.map((one) => rest('GET', `Building/Structure/${one.structure}`)));
      return all.every((answer) => answer.body['state'] === 'built');
    }, 120_000);
  }
  return machines;
};
const ask = (names: string | readonly string[], more: Values = {}) =>
  rest('POST', 'Building/Machine/deprovision', { site: 'lab', names: [names].flat(), ...more });
const course = async (plan: Plan): Promise<Values> =>
  (await rest('GET', `Building/Deprovision/${String(plan.id)}`)).body;
const ended = (plan: Plan) => until(async () => (await course(plan))['state'] !== 'running', 120_000);
const exists = async (path: string): Promise<boolean> => (await rest('GET', path)).status === 200;
const head = async (): Promise<string> =>
  (await database.pool.query<{ head: string }>('SELECT max(position) AS head FROM log.events')).rows[0]?.head ?? '';

describe('deprovision', () => {
  it('has jobs destroy machines and then deletes them, so that names and addresses are free', async () => {
    const machines = await built('web{1..3}');
    const before = await head();
    const dry = await ask('web{1..3}', { dry_run: true });
    expect(dry.body['value']).toEqual({
      dry_run: true,
      id: null,
      site: 'lab',
      machines: machines.map(({ hostname, structure, foundation }, n) => ({
        hostname,
        structure,
        foundation,
        addresses: [`10.0.0.${n + 1}`],
        jobs: [
          { target: 'Structure', script: 'destroy', job: null },
          { target: 'Foundation', script: 'destroy', job: null },
        ],
      })),
    });
    expect(await head()).toBe(before);
    const plan = (await ask('web{1..3}')).body['value'] as Plan;
    expect(plan.machines.map(({ jobs }) => jobs.every(({ job }) => job !== null))).toEqual([true, true, true]);
    await ended(plan);
    expect(await course(plan)).toMatchObject({
      state: 'done',
      total: 3,
      removed: 3,
      open: [],
      kept: [],
      creator: 'root',
    });
    for (const { structure, foundation } of machines) {
      expect(await exists(`Building/Structure/${structure}`)).toBe(false);
      expect(await exists(`Building/Foundation/${foundation}`)).toBe(false);
    }
    const again = await built('web{1..3}');
    expect(again.map(({ addresses }) => addresses)).toEqual(machines.map(({ addresses }) => addresses));
  });

  it('takes machines down together of which one hangs on another, with one job for each', async () => {
    const [host, guest] = await built('tied{1..2}');
    const { uri } = await client.create('/api/v1/Building/Dependency', {
      structure: `/api/v1/Building/Structure:${String(host?.structure)}:`,
      foundation: `/api/v1/Building/Foundation:${String(guest?.foundation)}:`,
      link: 'hard',
    });
    expect((await rest('POST', `Building/Dependency/${id(uri)}/force`, { state: 'built' })).status).toBe(204);
    const answer = await ask(['tied1', 'tied2']);
    expect(answer.body['errors']).toBeUndefined();
    const plan = answer.body['value'] as Plan;
    expect(plan.machines.flatMap(({ jobs }) => jobs.map(({ target }) => target)).toSorted()).toEqual([
      'Dependency',
      'Foundation',
      'Foundation',
      'Structure',
      'Structure',
    ]);
    await ended(plan);
    expect(await course(plan)).toMatchObject({ state: 'done', removed: 2, kept: [] });
  });

  it('deletes what is not built at once', async () => {
    const machines = await built('plan{01..60}', { jobs: false });
    const plan = (await ask('plan{01..60}')).body['value'] as Plan;
    expect(plan.machines.flatMap(({ jobs }) => jobs)).toEqual([]);
    await ended(plan);
    expect(await course(plan)).toMatchObject({ state: 'done', removed: machines.length, kept: [] });
  });

  it('is refused as a whole, with every reason', async () => {
    await built('busy{1..2}', { jobs: false });
    await rest('POST', 'Building/Foundation/busy2/doCreate');
    const before = await head();
    const { status, body } = await ask(['busy{1..2}', 'nobody']);
    expect(status).toBe(409);
    expect((body['errors'] as readonly Values[]).map(({ field, code, text }) => [field, code, text])).toEqual([
      ['names', 'INVALID_VALUE', 'nobody: there is no such structure at the site "lab"'],
      [
        '',
        'JOB_EXISTS',
        expect.stringMatching(/^busy2: job \d+ \(create\) is at work on its foundation: wait for it, or cancel it$/),
      ],
    ]);
    const { rows } = await database.pool.query(
      `SELECT 1 FROM log.events WHERE position > $1 AND stream LIKE 'deprovision-%'`,
      [before],
    );
    expect(rows).toEqual([]);
  });

  it('keeps a machine whose destroy job is cancelled, and says why', async () => {
    const [machine] = await built('stuck1', { blueprint: 'stuck' });
    const plan = (await ask('stuck1')).body['value'] as Plan;
    for (const { job } of plan.machines[0]?.jobs.toReversed() ?? []) {
      expect((await rest('POST', `Foreman/BaseJob/${String(job)}/cancel`)).status).toBe(204);
    }
    await ended(plan);
    expect(await course(plan)).toMatchObject({
      state: 'done',
      removed: 0,
      kept: ['stuck1: it is built, and no job destroys it any more'],
    });
    expect(await exists(`Building/Structure/${String(machine?.structure)}`)).toBe(true);
  });

  it('can be cancelled: what is still there stays', async () => {
    await built('stay1', { blueprint: 'stuck' });
    const plan = (await ask('stay1')).body['value'] as Plan;
    expect((await rest('POST', `Building/Deprovision/${String(plan.id)}/cancel`)).status).toBe(204);
    expect(await course(plan)).toMatchObject({ state: 'cancelled', kept: ['stay1: cancelled by root'], open: [] });
  });
});
