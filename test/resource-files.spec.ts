import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import { contracts } from '#platforms/contracts';
import { serverHalves } from '#platforms/servers';
import type { TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, testDatabase, until } from '#testing';
import type { Symbols } from '#tscript';
import { lint } from '#tscript';
import { readResourceFile } from '../libs/blueprint/src/resources/resource-file.ts';
import type { CommandEnded } from './run-command.ts';
import { runCommand } from './run-command.ts';

jest.setTimeout(240_000);

/** The modules of scripts: those of the platforms, and those that come with addresses and with other platforms. */
const SYMBOLS: Symbols = {
  modules: {
    config: { open: true },
    foundation: {
      members: {
        type: { writable: false },
        provisioning_interface: { writable: false },
        ...Object.fromEntries(
          serverHalves
            .flatMap(({ foundationTypes }) => foundationTypes)
            .flatMap(({ machineId, values = {} }) => [
              ...Object.keys(values).map((name) => [name, { writable: false }] as const),
              ...(machineId === undefined ? [] : [[machineId, { writable: true }] as const]),
            ]),
        ),
      },
      functions: {
        ...Object.fromEntries(
          Object.values(contracts).flatMap(({ foundationFunctions }) =>
            Object.entries(foundationFunctions).map(([name, parameters]) => [
              name,
              { parameters: Object.keys(parameters) },
            ]),
          ),
        ),
        start: { parameters: [] },
        stop: { parameters: [] },
      },
    },
    structure: { members: { provisioning_interface: { writable: false }, primary_ip: { writable: false } } },
    dhcp: { functions: { set_pxe: { parameters: ['interface', 'pxe'] } } },
    signaling: {
      functions: { reset: { parameters: ['pxe_name'] }, wait_for_completion: { parameters: [] } },
    },
    ...Object.fromEntries(
      Object.values(contracts).map(({ name: module, functions }) => [
        module,
        {
          functions: Object.fromEntries(
            Object.entries(functions).map(([name, parameters]) => [name, { parameters: Object.keys(parameters) }]),
          ),
        },
      ]),
    ),
  },
};

const shippedFiles = async (): Promise<string[]> =>
  (await readdir('libs', { recursive: true }))
    .filter((file) => file.endsWith('.toml'))
    .map((file) => path.join('libs', file));

describe('the resource files that come with the server', () => {
  it('have no fault, and scripts that use what there is', async () => {
    const files = await shippedFiles();
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) {
      const { definitions, faults, warnings } = readResourceFile(file, await readFile(file, 'utf8'));
      expect({ file, faults, warnings }).toEqual({ file, faults: [], warnings: [] });
      for (const one of definitions) {
        if (one.kind === 'script') expect([file, one.name, lint(one.text, SYMBOLS)]).toEqual([file, one.name, []]);
      }
    }
  });

  it('hold no password', async () => {
    for (const file of await shippedFiles()) {
      const lines = (await readFile(file, 'utf8')).split('\n');
      const given = lines.filter((line) => /^'?[<>~-]?\w*(?:password|secret|token|_hash)\w*(?::\w+)?'? *=/i.test(line));
      expect([file, given]).toEqual([file, []]);
    }
  });
});

describe('resource files on a server', () => {
  let database: TestDatabase;
  let server: TestContractor;
  let directory: string;
  let client: CinpClient;
  let token: string;

  const contractor = (args: readonly string[], input = ''): Promise<CommandEnded> =>
    runCommand(args, { environment: { XDG_CONFIG_HOME: directory, CONTRACTOR_URL: server.url }, input });
  const resources = (line: string) => contractor(['resources', ...line.split(' ')]);
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(path.join(directory, name), text);
    return path.join(directory, name);
  };
  const events = async (): Promise<number> =>
    (await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM log.events')).rows[0]?.n ?? 0;
  const rest = async (at: TestContractor, action: string, body: object) => {
    const response = await fetch(`${at.url}/api/rest/BluePrint/ResourceFile/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer root:${token}` },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  beforeAll(async () => {
    database = await testDatabase();
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-resources-'));
    server = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_DATA: directory });
    client = new CinpClient(server.url);
    token = await client.login('root', ADMIN_PASSWORD);
    await contractor(['login', 'root'], `${ADMIN_PASSWORD}\n`);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await rm(directory, { recursive: true });
  });

  it('are those that come with it, all at once and as often as one likes', async () => {
    expect((await resources('list')).out).toMatch(
      /^NAME +DESCRIPTION\nbase_os +What all .*\n(.*\n)*test +Simulated machines/,
    );
    const tried = await resources('load --shipped --dry-run');
    expect([tried.code, tried.out]).toEqual([0, expect.stringMatching(/^would be: \d+ created$/m)]);
    const loaded = await resources('load --shipped');
    expect([loaded.code, loaded.err]).toEqual([0, '']);
    expect(`would be: ${loaded.out.trim().split('\n').at(-1)}`).toBe(tried.out.trim().split('\n').at(-1));
    const before = await events();
    expect((await resources('load --shipped')).out).toMatch(/^\d+ unchanged\n$/);
    expect((await resources('load --shipped test manual.toml')).out).toMatch(/^\d+ unchanged\n$/);
    expect(await events()).toBe(before);
    for (const name of ['linux-base', 'ubuntu-noble-base', 'debian-trixie-base', 'rocky-9-base', 'vmware-esx-base']) {
      const found = await client.get(`/api/v1/BluePrint/StructureBluePrint:${name}:`);
      expect(found).toMatchObject({ name });
    }
    expect(await client.get('/api/v1/BluePrint/StructureBluePrint:linux-base:')).toMatchObject({
      foundation_blueprint_list: expect.arrayContaining([
        '/api/v1/BluePrint/FoundationBluePrint:docker-container-base:',
        '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:',
      ]),
    });
    expect(await client.get('/api/v1/BluePrint/PXE:normal-boot:')).toMatchObject({ name: 'normal-boot' });
  });

  it('work: a machine of the platform "test" is built with them', async () => {
    await client.create('/api/v1/Site/Site', { name: 'site1', description: 'x' });
    const foundation = await client.create('/api/v1/Test/TestFoundation', {
      site: '/api/v1/Site/Site:site1:',
      locator: 'host1',
      test_delay_variance: 0,
      blueprint: '/api/v1/BluePrint/FoundationBluePrint:test-foundation-base:',
    });
    expect(foundation).toBeDefined();
    await client.call('/api/v1/Building/Foundation:host1:(doCreate)');
    await until(async () => {
      const { uris } = await client.list('/api/v1/Foreman/FoundationJob');
      const job = uris[0] === undefined ? undefined : await client.get(uris[0]);
      return JSON.stringify(job).includes('Configure the hardware');
    });
  });

  it('are tried and loaded by the command, which shows what is another than before', async () => {
    const text = (n: number) => `[structure.cli]
description = 'number ${n}'
[structure.cli.config_values]
same = 1
number = ${n}
password = 'hush ${n}'
motd = '''
${'line\n'.repeat(n)}'''
`;
    await contractor(['resources', 'load', await file('cli.toml', text(1))]);
    const tried = await contractor(['resources', 'load', await file('cli.toml', text(2)), '--dry-run']);
    expect(tried).toEqual({
      code: 0,
      out: `changed structure cli
    description: "number 1" -> "number 2"
    config_values.number: 1 -> 2
    config_values.motd: "line\\n" -> (2 lines)
would be: 1 changed
`,
      err: '',
    });
    const loaded = await contractor(['resources', 'load', await file('cli.toml', text(2)), '--json']);
    expect(JSON.parse(loaded.out)).toMatchObject({ dry_run: false, objects: [{ name: 'cli', outcome: 'changed' }] });
    expect((await contractor(['resources', 'load', path.join(directory, 'cli.toml'), '-t', 'pxe'])).out).toBe(
      'nothing to load\n',
    );
    expect((await contractor(['resources', 'load', path.join(directory, 'cli.toml'), '-a'])).out).toBe(
      'skipped structure cli\n1 skipped\n',
    );
  });

  it('are refused by the command with file, line and key, each fault on a line', async () => {
    const bad = await file(
      'bad.toml',
      `[structure.bad]\ndescription = 'x'\nparents = ['nobody']\nscripts = { create = 'none' }\n`,
    );
    const before = await events();
    expect(await contractor(['resources', 'load', bad])).toEqual({
      code: 1,
      out: '',
      err: `contractor: bad.toml:3: structure.bad.parents.0: there is no structure blueprint nobody
bad.toml:4: structure.bad.scripts.create: there is no script none
`,
    });
    expect(await events()).toBe(before);
    expect(await rest(server, 'load', { files: { 'bad.toml': await readFile(bad, 'utf8') } })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'bad.toml:3', code: 'INVALID_VALUE' }, { field: 'bad.toml:4' }] },
    });
  });

  it.each([
    [['resources', 'load'], 2, 'say which files, or --shipped'],
    [['resources', 'load', 'x.toml', '-a', '-u'], 2, 'either --add or --update'],
    [['resources', 'load', '/nowhere/x.toml'], 1, 'ENOENT'],
    [['resources', 'load', '--shipped', 'nothing'], 1, 'no resource file "nothing" comes with the server'],
    [['resources', 'export', 'nobody'], 1, 'there is no blueprint nobody'],
  ])('%j is refused', async (args, code, text) =>
    expect(await contractor(args)).toMatchObject({ code, err: expect.stringContaining(text) }),
  );

  it('are exported by the command, and loading that changes nothing', async () => {
    const written = path.join(directory, 'export.toml');
    expect((await contractor(['resources', 'export', 'demo-web', 'cli', '--output', written])).code).toBe(0);
    const text = await readFile(written, 'utf8');
    expect(text).toContain('[structure.demo-server]');
    expect(text).toContain('password = "********"');
    expect(text).not.toContain('hush');
    expect((await contractor(['resources', 'load', written])).out).toMatch(/^\d+ unchanged\n$/);
  });

  it('take no more than the server takes at once', async () => {
    expect((await rest(server, 'load', { files: { 'a.toml': 'x'.repeat(600_000) } })).status).toBe(413);
  });

  it('are loaded by two servers at once without harm: both say so, and every thing is made once', async () => {
    const second = await startContractor({ DATABASE_URL: database.url, CONTRACTOR_DATA: directory });
    try {
      const files = {
        'two.toml': Array.from(
          { length: 50 },
          (_, n) => `[structure.two-${n}]\ndescription = 'x'\nscripts = { create = 'linux-create' }\n`,
        ).join(''),
      };
      const [one, other] = await Promise.all([rest(server, 'load', { files }), rest(second, 'load', { files })]);
      expect([one.status, other.status]).toEqual([200, 200]);
      const counted = async (stream: string, type: string) =>
        (
          await database.pool.query<{ n: number }>(
            'SELECT count(*)::int AS n FROM log.events WHERE stream LIKE $1 AND type = $2',
            [stream, type],
          )
        ).rows[0]?.n;
      expect(await counted('blueprint-two-%', 'BluePrintDefined')).toBe(50);
      expect(await counted('blueprint-two-%', 'SlotFilled')).toBe(50);
      const outcomes = [one, other].map(({ body }) => {
        const { objects } = body['value'] as { objects: { outcome: string }[] };
        return [...new Set(objects.map(({ outcome }) => outcome))].join();
      });
      expect(outcomes.toSorted()).toEqual(['created', 'unchanged']);
    } finally {
      await second.stop();
    }
  });

  it('take a permission of their own', async () => {
    await contractor(['user', 'add', 'ann'], 'the password of ann\n');
    await contractor(['user', 'grant', 'ann', 'BluePrint.view_resourcefile']);
    const ann = new CinpClient(server.url);
    const own = await ann.login('ann', 'the password of ann');
    const status = async (action: string, body: object) =>
      (
        await fetch(`${server.url}/api/rest/BluePrint/ResourceFile/${action}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ann:${own}` },
          body: JSON.stringify(body),
        })
      ).status;
    expect([
      await status('export', { names: ['cli'] }),
      await status('load', { shipped: ['test'], dry_run: true }),
    ]).toEqual([200, 403]);
  });
});
