/**
 * A set-up on an empty server, by the command line, and what it leaves behind: the ids, names and groups that tutorials and
 * existing agents rely on.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import { ADMIN_PASSWORD, testDatabase } from '#testing';
import type { CommandEnded } from './run-command.ts';
import { runCommand, runProgram } from './run-command.ts';
import { startJourney } from './start-journey.ts';

jest.setTimeout(240_000);

type Values = Readonly<Record<string, unknown>>;
interface SetUpAnswer {
  readonly dry_run: boolean;
  readonly objects: readonly { kind: string; name: string; id: unknown; outcome: string }[];
  readonly warnings: readonly string[];
  readonly settings: Values;
  readonly resolver: readonly string[];
}

const { server, client, rest } = await startJourney({ CONTRACTOR_SUBCONTRACTOR: 'none' });
const config = await mkdtemp(path.join(os.tmpdir(), 'contractor-setup-'));
afterAll(() => rm(config, { recursive: true }));

/** The command line with its own configuration. */
const surroundings = (input = '', env: Readonly<Record<string, string>> = {}) => ({
  environment: { XDG_CONFIG_HOME: config, CONTRACTOR_URL: server.url, ...env },
  input,
});
const contractor = (line: string, input?: string): Promise<CommandEnded> =>
  runCommand(line.split(' '), surroundings(input));

const PLACE = '--primary-interface eth0 --address 10.0.0.10/24 --gateway 10.0.0.1 --no-bind';
const asked = async (line: string): Promise<SetUpAnswer> => {
  const { code, out, err } = await contractor(`setup ${PLACE} --json ${line}`.trim());
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as SetUpAnswer;
};
const outcomes = ({ objects }: SetUpAnswer) => [...new Set(objects.map(({ outcome }) => outcome))];

describe('a set-up', () => {
  beforeAll(async () => {
    expect((await contractor('login', `${ADMIN_PASSWORD}\n`)).code).toBe(0);
  });

  it('tells first what it would make, and makes nothing', async () => {
    const answer = await asked('--dry-run');
    expect(answer.dry_run).toBe(true);
    expect(answer.objects).toContainEqual({ kind: 'Site', name: 'site1', id: 'site1', outcome: 'created' });
    expect(answer.objects).toContainEqual({ kind: 'Structure', name: 'contractor', id: null, outcome: 'created' });
    expect((await client.list('/api/v1/Site/Site')).uris).toEqual([]);
    expect((await client.list('/api/v1/BluePrint/Script')).uris).toEqual([]);
  });

  it.each([
    ['--site-domain under_score.test', /domain: "under_score" in the domain/],
    ['--site-name a!', /Site a!: name: /],
    ['--gateway 192.0.2.1', /gateway: the gateway 192.0.2.1 is not in the subnet/],
    ['--address 10.0.0.0/24', /first or last address/],
    ['--address ten', /"ten" is no address with a prefix/],
    ['--legacy-accounts 0.0.0.0/0', /"0.0.0.0\/0" is no block of addresses/],
    ['--vlan 5000', /vlan: must be between 0 and 4095/],
  ])('refuses %s, and uses up no id', async (line, reason) => {
    const { code, err } = await contractor(`setup ${PLACE} ${line}`);
    expect([code, err]).toEqual([1, expect.stringMatching(reason)]);
  });

  it('makes everything in one append, with the ids that tutorials rely on', async () => {
    const answer = await asked('--no-ip-reservation --ntp-server contractor --proxy-server http://10.0.0.10:3128/');
    expect(answer).toMatchObject({
      warnings: [],
      settings: { BIND_NS_NETWORKED_LIST: '1', BIND_SOA_EMAIL: 'hostmaster.site1.test' },
      resolver: ['search site1.test test', 'nameserver 127.0.0.1'],
    });
    expect(await client.get('/api/v1/Site/Site:site1:')).toMatchObject({
      description: 'Initial Site "site1"',
      parent: null,
      config_values: {
        domain_name: 'site1.test',
        dns_search: ['site1.test', 'test'],
        dns_servers: ['10.0.0.10'],
        ntp_servers: ['contractor'],
        mirror_proxy: 'http://10.0.0.10:3128/',
      },
    });
    expect(await client.get('/api/v1/Survey/Plot:test:')).toMatchObject({ corners: 'Your testing area', parent: null });
    expect(await client.get('/api/v1/Directory/Zone:1:')).toMatchObject({ fqdn: 'test', ttl: 3600 });
    expect(await client.get('/api/v1/Directory/Zone:2:')).toMatchObject({ fqdn: 'site1.test', minimum: 172_800 });
    expect(await client.get('/api/v1/Utilities/Network:1:')).toMatchObject({
      name: 'main',
      address_block_list: ['/api/v1/Utilities/AddressBlock:1:'],
    });
    expect(await client.get('/api/v1/Utilities/AddressBlock:1:')).toMatchObject({
      name: 'main',
      subnet: '10.0.0.0',
      gateway: '10.0.0.1',
      prefix: 24,
    });
    expect(await client.get('/api/v1/Building/Foundation:contractor:')).toMatchObject({
      state: 'built',
      type: 'Manual',
      located_at: expect.any(String),
    });
    expect(await client.get('/api/v1/Building/Structure:1:')).toMatchObject({ hostname: 'contractor', state: 'built' });
    expect(await client.get('/api/v1/Utilities/RealNetworkInterface:1:')).toMatchObject({
      name: 'eth0',
      physical_location: 'eth0',
      is_provisioning: true,
      mac: null,
    });
    expect(await client.get('/api/v1/Utilities/Address:1:')).toMatchObject({
      ip_address: '10.0.0.10',
      networked: '/api/v1/Utilities/Networked:1:',
      is_primary: true,
    });
    const { value } = (await rest('POST', 'Directory/Zone/2/zoneFile')).body as { value: { text: string } };
    const zone = value.text;
    expect(zone).toMatch(/^static\s+(?:\d+\s+)?IN\s+CNAME\s+contractor\.site1\.test\.$/m);
    expect(zone).toMatch(/^contractor\s+.*10\.0\.0\.10$|^contractor\s.*CNAME\s+eth0\.contractor/m);
    expect(zone).toMatch(/^eth0\.contractor\s+.*A\s+10\.0\.0\.10$/m);
    const { body } = await rest('GET', 'Auth/Group');
    const groups = (body['items'] as { name: string; permissions: string[] }[]).map(
      ({ name, permissions }) => [name, permissions.length] as const,
    );
    expect(Object.fromEntries(groups)).toEqual({ builder: 34, designer: 20, infrastructure: 36, worker: 9 });
  });

  it('changes nothing the second time, and makes what is asked for besides', async () => {
    expect(outcomes(await asked('--no-ip-reservation'))).toEqual(['unchanged']);
    const more = await asked('--contractor-cnames mirror');
    const made = more.objects.filter(({ outcome }) => outcome === 'created');
    const count = (kind: string) => made.filter((one) => one.kind === kind).length;
    // Offsets 2 to 20 but for the server's own; 21 to 29.
    expect([count('ReservedAddress'), count('DynamicAddress'), count('Entry'), made.length]).toEqual([18, 9, 1, 28]);
    expect(await client.call('/api/v1/Utilities/AddressBlock:1:(usage)')).toEqual({
      total: 254,
      static: 1,
      reserved: 19,
      dynamic: 9,
    });
    expect(outcomes(await asked('--contractor-cnames mirror'))).toEqual(['unchanged']);
  });

  it('needs the permission for it', async () => {
    await contractor('user add eve', 'eve has this one\n');
    const eve = new CinpClient(server.url, { version: '1.0' });
    const token = await eve.login('eve', 'eve has this one');
    const answer = await fetch(`${server.url}/api/rest/Setup/Installation/setUp`, {
      method: 'POST',
      headers: { Authorization: `Bearer eve:${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ interface: 'eth0', address: '10.0.0.10/24' }),
    });
    expect(answer.status).toBe(403);
  });
});

describe('accounts that existing agents expect', () => {
  const login = (name: string, password = name) => new CinpClient(server.url).login(name, password);
  const health = async () => ((await (await fetch(`${server.url}/health`)).json()) as { checks: Values }).checks;
  const ACCOUNTS = ['bootstrap', 'jobsig', 'subcontractor'];

  it('are not there unless they are asked for', async () => {
    for (const name of ACCOUNTS) await expect(login(name)).rejects.toMatchObject({ status: 400 });
    expect(await health()).toMatchObject({ accounts: { status: 'ok' } });
  });

  it('may not log in from elsewhere', async () => {
    const answer = await asked('--legacy-accounts 10.0.0.0/24 --legacy-accounts 2001:db8::/64');
    const made = answer.objects.filter(({ outcome }) => outcome === 'created').map(({ name }) => name);
    expect(made.toSorted()).toEqual(ACCOUNTS);
    for (const name of ACCOUNTS) await expect(login(name)).rejects.toMatchObject({ status: 400 });
    const byToken = await fetch(`${server.url}/api/rest/Site/Site`, {
      headers: { Authorization: 'Bearer subcontractor:subcontractor' },
    });
    expect(byToken.status).toBe(401);
  });

  it('are warned of as long as their passwords are those that everybody knows', async () => {
    expect(await health()).toMatchObject({
      accounts: { status: 'degraded', names: ACCOUNTS, reason: expect.stringContaining('bootstrap, jobsig') },
    });
    await rest('POST', 'Auth/Account/bootstrap/setPassword', { password: 'a better one' });
    await rest('POST', 'Auth/Service/subcontractor/renewToken');
    expect(await health()).toMatchObject({ accounts: { status: 'degraded', names: ['jobsig'] } });
    await rest('DELETE', 'Auth/Account/jobsig');
    expect(await health()).toMatchObject({ accounts: { status: 'ok' } });
  });

  it('log in from their own network, and do what agents do', async () => {
    for (const name of ['bootstrap', 'subcontractor']) {
      await rest('DELETE', `Auth/${name === 'bootstrap' ? 'Account' : 'Service'}/${name}`);
    }
    await asked('--legacy-accounts 127.0.0.0/8');
    for (const name of ACCOUNTS) expect(await login(name)).toMatch(/^[a-z0-9]{32}$/);
    const agent = new CinpClient(server.url, { version: '1.0' });
    await agent.login('subcontractor', 'subcontractor');
    expect(await agent.get('/api/v1/Site/Site:site1:')).toMatchObject({ name: 'site1' });
    const jobs = { site: '/api/v1/Site/Site:site1:', module_list: ['test'], max_jobs: 1 };
    expect(await agent.call('/api/v1/SubContractor/Dispatch(getJobs)', jobs)).toEqual([]);
    await expect(agent.create('/api/v1/Site/Site', { name: 'mine', description: 'x' })).rejects.toMatchObject({
      status: 403,
    });
  });
});

it('a set-up works without a server, on an empty database', async () => {
  const database = await testDatabase();
  try {
    const env = { DATABASE_URL: database.url, CONTRACTOR_SECRET_KEY: Buffer.alloc(32, 'test').toString('base64') };
    const line = `setup ${PLACE} --offline --superuser-username alice --json`;
    // It starts a server, which is a program.
    const setUp = (input: string) => runProgram(line.split(' '), surroundings(input, env));
    const first = await setUp('alice has this\nroot has that\n');
    expect([first.code, first.err]).toEqual([0, '']);
    const { objects } = JSON.parse(first.out) as SetUpAnswer;
    expect(objects).toContainEqual({ kind: 'Structure', name: 'contractor', id: 1, outcome: 'created' });
    expect(objects).toContainEqual({ kind: 'Account', name: 'alice', id: 'alice', outcome: 'created' });
    const again = await setUp('alice has this\nroot has that\n');
    expect(outcomes(JSON.parse(again.out) as SetUpAnswer)).toEqual(['unchanged']);
    const wrong = await setUp('alice has this\nnot that one\n');
    expect([wrong.code, wrong.err]).toEqual([3, expect.stringMatching(/Invalid Login/)]);
  } finally {
    await database.drop();
  }
});
