import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { assert, asyncProperty, boolean, constantFrom, integer, record } from 'fast-check';
import { ADMIN_PASSWORD, startContractor, until } from '#testing';
import type { CommandEnded } from './run-command.ts';
import { runCommand } from './run-command.ts';
import type { RestAnswer } from './start-journey.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const { client, database, rest, server } = await startJourney();

type Values = Readonly<Record<string, unknown>>;
interface Plan extends Values {
  readonly machines: readonly Values[];
}

const id = (uri: unknown): number => Number(/:(\d+):$/.exec(String(uri))?.[1]);
const TOOLS = 'begin()\n  delay( seconds=1 )\nend\n';

/** A site with a network of one block, blueprints of a kind each, a complex that carries machines and a plain one. */
async function prepare() {
  for (const name of ['lab', 'yard']) await client.create('/api/v1/Site/Site', { name, description: 'x' });
  const zone = (await client.create('/api/v1/Directory/Zone', { name: 'lab' })).uri;
  await client.update('/api/v1/Site/Site:lab:', { zone });
  const blueprint = async (name: string, types: readonly string[], more: Values = {}) => {
    const values = { name, description: 'x', foundation_type_list: types, physical_interface_names: ['eth0', 'eth1'] };
    await client.create('/api/v1/BluePrint/FoundationBluePrint', { ...values, ...more });
  };
  await blueprint('box', ['Test']);
  await blueprint('odd', ['Manual']);
  await rest('POST', 'BluePrint/ResourceFile/load', { shipped: ['test'] });
  for (const [name, allowed] of [
    ['web', ['box', 'test-foundation-base']],
    ['picky', ['box']],
  ] as const) {
    await client.create('/api/v1/BluePrint/StructureBluePrint', {
      name,
      description: 'x',
      foundation_blueprint_list: allowed.map((one) => `/api/v1/BluePrint/FoundationBluePrint:${one}:`),
    });
  }
  const schema = { port: { type: 'integer', required: true } };
  const declared = await rest('PATCH', 'BluePrint/StructureBluePrint/picky', { config_schema: schema });
  expect(declared.status).toBe(200);
  await client.create('/api/v1/BluePrint/Script', { name: 'tools', description: 'x', script: TOOLS });
  for (const name of ['create', 'destroy']) {
    for (const its of ['box', 'web']) {
      await client.create('/api/v1/BluePrint/BluePrintScript', {
        blueprint: `/api/v1/BluePrint/BluePrint:${its}:`,
        script: '/api/v1/BluePrint/Script:tools:',
        name,
      });
    }
  }
  const network = id(
    (await client.create('/api/v1/Utilities/Network', { name: 'lan', site: '/api/v1/Site/Site:lab:' })).uri,
  );
  const block = async (name: string, subnet: string, prefix: number): Promise<number> => {
    const values = { name, site: '/api/v1/Site/Site:lab:', subnet, prefix, gateway_offset: 1 };
    return id((await client.create('/api/v1/Utilities/AddressBlock', values)).uri);
  };
  const large = await block('large', '10.0.0.0', 16);
  const small = await block('small', '10.1.0.0', 29);
  for (const one of [large, small]) {
    await client.create('/api/v1/Utilities/NetworkAddressBlock', {
      network: `/api/v1/Utilities/Network:${network}:`,
      address_block: `/api/v1/Utilities/AddressBlock:${one}:`,
    });
  }
  const complex = { site: '/api/v1/Site/Site:lab:', description: 'x' };
  await client.create('/api/v1/Test/TestComplex', { ...complex, name: 'cluster' });
  await client.create('/api/v1/Building/Complex', { ...complex, name: 'plain' });
  // It has one member at most.
  await client.create('/api/v1/LibVirt/LibVirtComplex', { ...complex, name: 'kvm', members: [] });
  return { network, large, small };
}
const at = await prepare();

const USUAL = {
  site: 'lab',
  blueprint: 'web',
  foundation_type: 'Test',
  foundation_blueprint: 'box',
};
const PLACED = { address_block: at.large };

const provision = (names: string | readonly string[], more: Values = {}): Promise<RestAnswer> =>
  rest('POST', 'Building/Machine/provision', { ...USUAL, names: [names].flat(), ...more });
const planned = async (names: string | readonly string[], more: Values = {}): Promise<Plan> => {
  const { status, body } = await provision(names, more);
  expect([status, body['errors']]).toEqual([200, undefined]);
  return body['value'] as Plan;
};
const refused = async (names: string | readonly string[], more: Values = {}) => {
  const { status, body } = await provision(names, more);
  expect(status).toBeGreaterThanOrEqual(400);
  const errors = body['errors'] as readonly { readonly field: string; readonly code: string; readonly text: string }[];
  return errors.map(({ field, code, text }) => `${field} ${code}: ${text}`);
};
const countOf = async (model: string): Promise<number> => Number((await rest('GET', `${model}?count=1`)).body['total']);
const head = async (): Promise<string> => {
  const { rows } = await database.pool.query<{ head: string }>(
    'SELECT coalesce(max(position), 0) AS head FROM log.events',
  );
  return rows[0]?.head ?? '';
};

/** A plan without the ids, which a dry run has none of. */
const shape = ({ dry_run: _, machines, ...rest }: Plan) => ({
  ...rest,
  machines: machines.map(({ structure: _id, jobs, ...machine }) => ({
    ...machine,
    jobs: (jobs as readonly Values[]).map(({ job: _job, ...job }) => job),
  })),
});

describe('provision', () => {
  it('tells in a dry run everything it would do, and changes nothing', async () => {
    const before = await head();
    const plan = await planned('web{01..02}', { ...PLACED, dry_run: true });
    expect(plan).toEqual({
      dry_run: true,
      site: 'lab',
      blueprint: 'web',
      foundation_type: 'Test',
      foundation_blueprint: 'box',
      complex: null,
      member_of: null,
      machines: ['web01', 'web02'].map((hostname, n) => ({
        hostname,
        foundation: hostname,
        structure: null,
        interfaces: [
          { name: 'eth0', network: at.network, provisioning: true },
          { name: 'eth1', network: at.network, provisioning: false },
        ],
        addresses: [{ ip_address: `10.0.0.${n + 2}`, interface_name: 'eth0', address_block: at.large }],
        jobs: [
          { target: 'Foundation', script: 'create', job: null },
          { target: 'Structure', script: 'create', job: null },
        ],
      })),
      warnings: [],
    });
    expect(await head()).toBe(before);
  });

  it('does what it has told, in one append, and the machines are built', async () => {
    const dry = await planned('web{01..12}', {
      ...PLACED,
      dry_run: true,
      config_values: { role: 'web' },
      labels: { rack: 'r1' },
    });
    const before = await head();
    const plan = await planned('web{01..12}', { ...PLACED, config_values: { role: 'web' }, labels: { rack: 'r1' } });
    expect(shape(plan)).toEqual(shape(dry));
    const { rows } = await database.pool.query<{ requests: number; events: number }>(
      `SELECT count(DISTINCT meta::json->>'request')::int AS requests, count(*)::int AS events FROM log.events
       WHERE position > $1 AND meta::json->>'command' = 'ProvisionMachines'`,
      [before],
    );
    expect(rows[0]?.requests).toBe(1);
    expect(rows[0]?.events).toBeGreaterThan(12 * 10);
    for (const { hostname, structure } of plan.machines) {
      const { body } = await rest('GET', `Building/Structure/${String(structure)}`);
      expect(body).toMatchObject({ hostname, config_values: { role: 'web' }, labels: { rack: 'r1' } });
    }
    await until(async () => {
      const answers = await Promise.all(
        plan.machines.map(({ structure }) => rest('GET', `Building/Structure/${String(structure)}`)),
      );
      return answers.every(({ body }) => body['state'] === 'built');
    }, 120_000);
  });

  it('leaves machines planned where no jobs are wanted, and tells what would keep these from being made', async () => {
    const before = await countOf('Foreman/BaseJob');
    const picky = { blueprint: 'picky', jobs: false };
    const plan = await planned('quiet{1..2}', picky);
    expect(plan.machines.map(({ jobs }) => jobs)).toEqual([[], []]);
    expect(plan['warnings']).toEqual(['quiet1, quiet2: "port" is missing, as BluePrint picky declares']);
    expect(await countOf('Foreman/BaseJob')).toBe(before);
  });

  it('puts machines into a complex, which says what they stand on, and structures among the members of another', async () => {
    const inside = {
      foundation_type: null,
      foundation_blueprint: null,
      complex: 'cluster',
      member_of: 'plain',
      locator: 'vm-{name}',
    };
    const plan = await planned('db{8..10}', inside);
    expect(plan).toMatchObject({
      complex: 'cluster',
      foundation_type: 'TestComplex',
      foundation_blueprint: 'test-foundation-base',
      machines: [8, 9, 10].map((n) => ({ hostname: `db${n}`, foundation: `vm-db${n}` })),
    });
    const { body } = await rest('GET', 'Test/TestComplexedFoundation/vm-db9');
    expect(body['complex_host']).toBe('cluster');
    const { members } = (await rest('GET', 'Building/Complex/plain')).body;
    expect(members).toEqual(plan.machines.map(({ structure }) => structure));
  });

  it('numbers what has a count', async () => {
    const plan = await planned('n', { count: 12, dry_run: true });
    expect(plan.machines.map(({ hostname }) => hostname)).toEqual(
      Array.from({ length: 12 }, (_, n) => `n${String(n + 1).padStart(2, '0')}`),
    );
  });
});

describe('what is wrong', () => {
  it.each<[string, string | readonly string[], Values, readonly string[]]>([
    ['no name', [], {}, ['names REQUIRED: say what the machines are called']],
    [
      'a name that is none',
      ['ok', 'Not_ok'],
      {},
      [
        'names PATTERN: "Not_ok" must be at least two lower-case letters, digits and "-", with a letter or a digit first and last, and at most 100 long',
      ],
    ],
    [
      'too many',
      'x{1..1001}',
      {},
      ['names TOO_MANY: 1001 machines are more than the 1000 that one command may be about'],
    ],
    [
      'a count that is another',
      'x{1..3}',
      { count: 4 },
      ['count RANGE: 4 is another number than that of the names, which are 3'],
    ],
    [
      'no place',
      'xx',
      { foundation_type: null },
      [
        'complex REQUIRED: say the complex that carries the machines, or foundation_type: one of "Test", "Manual", "IPMI", "RedFish", "AMT"',
      ],
    ],
    [
      'two places',
      'xx',
      { complex: 'cluster' },
      ['foundation_type CONFLICT: is said by the complex: give one of both'],
    ],
    [
      'a complex that carries nothing',
      'xx',
      { foundation_type: null, complex: 'plain' },
      ['complex NO_FOUNDATIONS: complex "plain" is of the type "none", which carries no foundations'],
    ],
    [
      'no such complex',
      'xx',
      { foundation_type: null, complex: 'nope' },
      ['complex INVALID_VALUE: there is no complex nope'],
    ],
    [
      'more members than a complex of its type has',
      'x{1..2}',
      { member_of: 'kvm' },
      ['member_of TOO_MANY: complex "kvm" has 0 members and room for 1 more, and 2 are to be added: it has at most 1'],
    ],
    [
      'no such type',
      'xx',
      { foundation_type: 'Tset' },
      [
        'foundation_type INVALID_VALUE: there is no foundation type "Tset": it must be one of "Test", "Manual", "IPMI", "RedFish", "AMT"',
      ],
    ],
    [
      'a blueprint of another type',
      'xx',
      { foundation_blueprint: 'odd' },
      [
        'foundation_blueprint TYPE: foundation blueprint "odd" is for "Manual", and the foundations are of the type "Test"',
      ],
    ],
    [
      'more than one that fits',
      'xx',
      { foundation_blueprint: null },
      [
        'foundation_blueprint REQUIRED: more than one foundation blueprint of the type "Test" is allowed under the blueprint "web": "box", "test-foundation-base"',
      ],
    ],
    [
      'a field nobody has',
      'xx',
      { fields: { speed: 1 } },
      [
        'fields UNKNOWN: foundations of the type "Test" have no field "speed": they have test_delay_variance, test_fail_likelihood',
      ],
    ],
    [
      'a value that is none',
      'xx',
      { fields: { test_delay_variance: 'long' } },
      ['fields INVALID_VALUE: test_delay_variance: "long" must be a whole number'],
    ],
    [
      'a network with two blocks',
      'xx',
      { network: at.network },
      [
        `address_block REQUIRED: network ${at.network} "lan" has more than one address block: say one of ${at.large}, ${at.small}`,
      ],
    ],
    [
      'a block that is full',
      'x{1..6}',
      { address_block: at.small },
      [
        `address_block NO_OFFSETS: address block ${at.small} "small" (10.1.0.0/29) has 5 free addresses, and 6 are needed`,
      ],
    ],
    [
      'names that are taken',
      'web{11..14}',
      {},
      [
        'names TAKEN: web11, web12: Foundation with this Locator already exists.',
        'names TAKEN: web11, web12: Structure with this Site and Hostname already exists.',
      ],
    ],
    [
      'a configuration that is not as declared',
      'x{1..2}',
      { blueprint: 'picky' },
      ['port INVALID_CONFIG: x1, x2: "port" is missing, as BluePrint picky declares'],
    ],
    [
      'a locator without the name',
      'x{1..2}',
      { locator: 'box' },
      ['locator INVALID_VALUE: "box" must hold {name}, which stands for the name of each machine'],
    ],
    [
      'a site of another block',
      'xx',
      { ...PLACED, site: 'yard' },
      [`address_block SITE: address block ${at.large} "large" is at the site "lab", and the machines are at "yard"`],
    ],
  ])('%s', async (_, names, more, errors) => {
    const before = await head();
    expect(await refused(names, { ...more, dry_run: true })).toEqual(errors);
    expect(await refused(names, more)).toEqual(errors);
    expect(await head()).toBe(before);
  });
});

it('a dry run tells exactly what the command then does, and a failure leaves nothing', async () => {
  let round = 0;
  const shapes = record({
    count: integer({ min: 1, max: 6 }),
    taken: boolean(),
    block: constantFrom('large', 'small', 'none'),
    inside: boolean(),
    jobs: boolean(),
    picky: boolean(),
  });
  await assert(
    asyncProperty(shapes, async ({ count, taken, block, inside, jobs, picky }) => {
      round += 1;
      const names = [`p${round}x{1..${count}}`, ...(taken ? ['web01'] : [])];
      const values = {
        ...(inside ? { foundation_type: null, foundation_blueprint: null, complex: 'cluster' } : {}),
        ...(picky && !inside ? { blueprint: 'picky' } : {}),
        ...(block === 'none' ? {} : { address_block: at[block] }),
        jobs,
      };
      const before = await head();
      const dry = await provision(names, { ...values, dry_run: true });
      // Jobs of others may be under way; what was asked for here has left nothing.
      const came = await provision(names, values);
      expect(came.status).toBe(dry.status);
      if (came.status === 200) {
        expect(shape(came.body['value'] as Plan)).toEqual(shape(dry.body['value'] as Plan));
        return;
      }
      expect(came.body['errors']).toEqual(dry.body['errors']);
      const { rows } = await database.pool.query(
        `SELECT 1 FROM log.events WHERE position > $1 AND meta::json->>'command' LIKE '%Provision%'`,
        [before],
      );
      expect(rows).toEqual([]);
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

describe('contractor provision', () => {
  let config: string;
  const contractor = (line: string, input = ''): Promise<CommandEnded> =>
    runCommand(['--server', server.url, ...line.split(' ')], {
      environment: { HOME: config, XDG_CONFIG_HOME: config },
      input,
    });
  const PLACE = '--site lab --blueprint web --type test --foundation-blueprint box';

  beforeAll(async () => {
    config = await mkdtemp(path.join(os.tmpdir(), 'contractor-provision-'));
    expect((await contractor('login root', `${ADMIN_PASSWORD}\n`)).code).toBe(0);
  });
  afterAll(() => rm(config, { recursive: true }));

  it('shows in a dry run what it would make, and makes it', async () => {
    const line = `provision cli{1..2} ${PLACE} --block large --set role=web --set port=80 --label rack=7 --plan-only`;
    const dry = await contractor(`${line} --dry-run`);
    expect([dry.code, dry.err]).toEqual([0, '']);
    expect(dry.out).toMatch(
      /^HOSTNAME +STRUCTURE +FOUNDATION +INTERFACES +ADDRESSES +JOBS\ncli1 +- +cli1 +eth0 eth1 +10\.0\.0\.\d+\n/,
    );
    expect(dry.out).toMatch(
      /would be made: 2 machines on foundations of the type Test \(box\); nothing was changed\n$/,
    );
    const { code, out } = await contractor(`${line} --json`);
    expect(code).toBe(0);
    const plan = JSON.parse(out) as Plan;
    const { body } = await rest('GET', `Building/Structure/${String(plan.machines[1]?.['structure'])}`);
    expect(body).toMatchObject({ hostname: 'cli2', config_values: { role: 'web', port: 80 }, labels: { rack: '7' } });
  });

  it('takes them down, and tells how far that is', async () => {
    const { code, out } = await contractor('deprovision cli1 cli2 --site lab --json');
    expect(code).toBe(0);
    const { id: key } = JSON.parse(out) as { readonly id: number };
    await until(async () => (await contractor(`deprovision status ${key}`)).out.startsWith('done'), 60_000);
    expect((await contractor(`deprovision status ${key}`)).out).toBe('done: 2 of 2 machines removed\n');
  });

  it.each([
    [`provision web01 ${PLACE}`, 1, 'names: web01: Structure with this Site and Hostname already exists.'],
    ['provision x1 --blueprint web --type test', 2, 'say --site'],
    [`provision x1 ${PLACE} --count many`, 2, '--count is a whole number, and not "many"'],
    [`provision x1 ${PLACE} --set port`, 2, '--set takes KEY=VALUE, and not "port"'],
    [`provision x1 ${PLACE} --block none`, 1, 'there is no Utilities/AddressBlock called "none" at the site "lab"'],
    ['provision', 2, 'requires the names of the machines'],
  ])('%s ends with %d: %s', async (line, code, text) => {
    const ended = await contractor(line);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toContain(text);
  });
});

it('gives a name once where two servers are asked at the same time', async () => {
  const other = await startContractor({ DATABASE_URL: database.url });
  try {
    const ask = (where: { readonly url: string }, names: string) =>
      rest('POST', 'Building/Machine/provision', { ...USUAL, ...PLACED, jobs: false, names: [names] }, where);
    const answers = await Promise.all([
      ask(server, 'two{01..30}'),
      ask(other, 'two{20..50}'),
      ask(server, 'three{01..30}'),
      ask(other, 'four{01..30}'),
    ]);
    const [one, two, three, four] = answers.map(({ status }) => status);
    expect(new Set([one, two])).toEqual(new Set([200, 409]));
    expect([three, four]).toEqual([200, 200]);
    const made = answers.flatMap(({ status, body }) => (status === 200 ? (body['value'] as Plan).machines : []));
    const addresses = made.flatMap((machine) =>
      (machine['addresses'] as readonly Values[]).map((given) => given['ip_address']),
    );
    expect(new Set(addresses).size).toBe(made.length);
    const { rows } = await database.pool.query<{ names: number }>(
      `SELECT count(*)::int AS names FROM log.events WHERE type = 'StructureDefined' AND data::json->>'hostname' ~ '^(two|three|four)'`,
    );
    expect(rows[0]?.names).toBe(made.length);
  } finally {
    await other.stop();
  }
});

it('makes a thousand machines in one command', async () => {
  const plan = await planned('bulk', { ...PLACED, count: 1000, jobs: false });
  expect(plan.machines).toHaveLength(1000);
  expect(plan.machines.at(-1)).toMatchObject({ hostname: 'bulk1000' });
});
