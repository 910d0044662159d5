import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { Named, TestContractor, TestDatabase } from '#testing';
import { ADMIN_PASSWORD, startContractor, startNamed, testDatabase, until } from '#testing';

jest.setTimeout(600_000);

const ZONE = '/api/v1/Directory/Zone';
const ENTRY = '/api/v1/Directory/Entry';
const SITE = '/api/v1/Site/Site';
const BLOCK = '/api/v1/Utilities/AddressBlock';
const NETWORKED = '/api/v1/Utilities/Networked';
const ADDRESS = '/api/v1/Utilities/Address';

const run = promisify(execFile);

interface Publication {
  readonly wanted: number;
  readonly served: number | null;
  readonly error: string | null;
}

let named: Named;
let database: TestDatabase;
let servers: TestContractor[] = [];
let client: CinpClient;
let token: string;

const settings = (): Readonly<Record<string, string>> => ({
  DATABASE_URL: database.url,
  CONTRACTOR_SUBCONTRACTOR: 'none',
  BIND_ZONE_DIRECTORY: named.zones,
  BIND_SERVER: named.address,
  BIND_RNDC_PORT: String(named.rndcPort),
  BIND_RNDC_KEY: named.rndcKey,
});
const start = async (): Promise<TestContractor> => {
  const server = await startContractor(settings());
  servers.push(server);
  return server;
};
const login = async ({ url }: TestContractor): Promise<void> => {
  client = new CinpClient(url);
  token = await client.login('root', ADMIN_PASSWORD);
};

beforeAll(async () => {
  named = await startNamed();
  database = await testDatabase();
  await login(await start());
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  servers = [];
  await database.drop();
  await named.stop();
});

const created = async (model: string, values: Readonly<Record<string, unknown>>): Promise<string> =>
  (await client.create(model, values)).uri;
const idOf = (uri: string): number => Number(uri.split(':')[1]);
const dig = async (...question: readonly string[]): Promise<string[]> => {
  const where = ['@127.0.0.1', '-p', String(named.port), '+short', '+time=2', '+tries=1'];
  const { stdout } = await run('dig', [...where, ...question]);
  return stdout.trim().split('\n').toSorted();
};
/** Waits until BIND answers so. */
const answered = async (question: string, ...answers: readonly string[]): Promise<void> => {
  await until(async () => JSON.stringify(await dig(...question.split(' '))) === JSON.stringify(answers)).catch(
    async () => expect(await dig(...question.split(' '))).toEqual(answers),
  );
};
async function rest<T>(path: string, body?: unknown, { url } = servers[0] as TestContractor): Promise<T> {
  const headers = { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' };
  const response = await fetch(`${url}/api/rest/${path}`, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as T;
}
const health = async ({ url } = servers[0] as TestContractor) =>
  (await (await fetch(`${url}/health`)).json()) as {
    readonly status: string;
    readonly checks: { readonly zones: Readonly<Record<string, unknown>> };
  };
const publications = async (faulty = false): Promise<readonly string[]> => {
  const { value } = await rest<{ readonly value: { readonly zones: readonly { readonly name: string }[] } }>(
    'Directory/Zone/publications',
    { faulty },
  );
  return value.zones.map(({ name }) => name);
};
const published = async (zone: string): Promise<Publication> =>
  (await rest<{ readonly published: Publication }>(`Directory/Zone/${idOf(zone)}`)).published;
/** The zone as it stands when its wanted serial is served. */
async function settled(zone: string): Promise<Publication> {
  let found = await published(zone);
  await until(async () => {
    found = await published(zone);
    return found.served === found.wanted && found.error === null;
  });
  return found;
}

/** What is told of the records of a zone. */
interface Asked {
  readonly records: readonly { readonly type: string; readonly served: boolean | null }[];
  readonly asked: { readonly at: string; readonly records: number; readonly error: string | null } | null;
}

let zone: string;
let four: string;
let six: string;

describe('BIND', () => {
  beforeAll(async () => {
    const outer = await created(ZONE, { name: 'test' });
    zone = await created(ZONE, { name: 'lab', parent: outer });
    const site = await created(SITE, { name: 'lab', description: 'a site', zone });
    four = await created(BLOCK, { site, name: 'four', subnet: '10.1.2.0', prefix: 24 });
    six = await created(BLOCK, { site, name: 'six', subnet: '2001:db8:1::', prefix: 64 });
  });

  it('serves hosts forward and backward, over IPv4 and IPv6, and follows their changes', async () => {
    const host = await created(NETWORKED, { hostname: 'web1', site: `${SITE}:lab:` });
    const address = await created(ADDRESS, {
      networked: host,
      address_block: four,
      offset: 11,
      interface_name: 'eth0',
      is_primary: true,
    });
    await created(ADDRESS, { networked: host, address_block: six, offset: 17, interface_name: 'eth1' });
    await answered('web1.lab.test A', '10.1.2.11');
    await answered('eth1.web1.lab.test AAAA', '2001:db8:1::11');
    await answered('-x 10.1.2.11', 'web1.lab.test.');
    await answered('-x 2001:db8:1::11', 'eth1.web1.lab.test.');

    await client.update(address, { offset: 12 });
    await answered('web1.lab.test A', '10.1.2.12');
    await answered('-x 10.1.2.12', 'web1.lab.test.');
    await answered('-x 10.1.2.11', '');
    await client.update(host, { hostname: 'web2' });
    await answered('web2.lab.test A', '10.1.2.12');
    await answered('web1.lab.test A', '');
    await client.delete(host);
    await answered('web2.lab.test A', '');
    await answered('-x 2001:db8:1::11', '');
  });

  it('serves the entries of zones, and follows their changes', async () => {
    const host = await created(NETWORKED, { hostname: 'mail1', site: `${SITE}:lab:` });
    await created(ADDRESS, {
      networked: host,
      address_block: four,
      offset: 20,
      interface_name: 'eth0',
      is_primary: true,
    });
    const entry = (values: Readonly<Record<string, unknown>>) => created(ENTRY, { zone, ...values });
    const alias = await entry({ type: 'CNAME', name: 'www', target: 'mail1' });
    await entry({ type: 'MX', name: 'mail', priority: 10, target: 'mail1' });
    await entry({ type: 'SRV', name: '_http._tcp', priority: 1, weight: 5, port: 80, target: 'mail1' });
    await entry({ type: 'TXT', name: 'about', target: 'said "so"; and more' });
    await answered('www.lab.test CNAME', 'mail1.lab.test.');
    await answered('mail.lab.test MX', '10 mail1.lab.test.');
    await answered('_http._tcp.lab.test SRV', '1 5 80 mail1.lab.test.');
    await answered('about.lab.test TXT', String.raw`"said \"so\"; and more"`);
    await client.delete(alias);
    await answered('www.lab.test CNAME', '');
  });

  it('is asked for the records of a zone, of every type', async () => {
    await settled(zone);
    const { value } = await rest<{ readonly value: Asked }>(`Directory/Zone/${idOf(zone)}/records`, { ask: true });
    expect([...new Set(value.records.map(({ type }) => type))].toSorted()).toEqual(['A', 'MX', 'NS', 'SRV', 'TXT']);
    expect(value.records.filter(({ served }) => served !== true)).toEqual([]);
    expect(value.asked).toEqual({ at: expect.any(String), records: value.records.length, error: null });
    const reverse = { name: '2.1.10.in-addr.arpa', ask: true };
    const back = await rest<{ readonly value: Asked }>('Directory/Zone/zoneRecords', reverse);
    expect(back.value.records.map(({ type, served }) => [type, served])).toContainEqual(['PTR', true]);
  });

  it('is told of on the zone, in the list of all zones, in the health of the server and in its metrics', async () => {
    const { wanted, served } = await settled(zone);
    expect(served).toBe(wanted);
    expect(await dig('lab.test', 'SOA')).toEqual([expect.stringContaining(` ${wanted} `)]);
    expect(await publications()).toEqual(['2.1.10.in-addr.arpa', 'lab.test', 'test']);
    expect(await publications(true)).toEqual([]);
    expect((await health()).checks.zones).toMatchObject({ status: 'ok', server: named.address, zones: 3, failed: 0 });
    const metrics = await (await fetch(`${servers[0]?.url}/metrics`)).text();
    expect(metrics).toContain('contractor_zones{state="served"} 3');
    expect(metrics).toContain(`contractor_zone_serial{zone="lab.test",which="wanted"} ${wanted}`);
    expect(metrics).toContain(`contractor_zone_serial{zone="lab.test",which="served"} ${wanted}`);
    const past = await rest<{ readonly published: unknown }>(
      `Directory/Zone/${idOf(zone)}?at=${new Date().toISOString()}`,
    );
    expect(past.published).toEqual({});
  });

  it('leaves no zone out of the health that it does not serve, and serves all of them when it is back, though it was emptied', async () => {
    const before = await settled(zone);
    await named.kill();
    await rm(path.join(named.zones, 'zones'), { recursive: true });
    await writeFile(path.join(named.zones, 'dns.master'), '');
    await created(ENTRY, { zone, type: 'TXT', name: 'later', target: 'x' });
    await until(async () => (await health()).checks.zones['status'] === 'degraded');
    expect((await health()).status).toBe('degraded');
    expect(await published(zone)).toMatchObject({ served: null, error: expect.stringContaining(named.address) });
    expect(await publications(true)).toContain('lab.test');

    await named.start();
    await answered('later.lab.test TXT', '"x"');
    expect((await settled(zone)).wanted).toBeGreaterThan(before.wanted);
    await until(async () => (await health()).checks.zones['status'] === 'ok');
    await answered('-x 10.1.2.20', 'mail1.lab.test.');
  });

  it('is told by another server when the one that told it is gone, with serials that go on', async () => {
    const before = await settled(zone);
    const second = await start();
    const first = servers[0] as TestContractor;
    expect((await health(second)).checks.zones).toMatchObject({ status: 'ok', zones: 3 });
    await first.kill();
    servers = [second];
    await login(second);
    await created(ENTRY, { zone, type: 'TXT', name: 'second', target: 'x' });
    await answered('second.lab.test TXT', '"x"');
    const after = await settled(zone);
    expect(after.wanted).toBeGreaterThan(before.wanted);

    // Back again it stands by, and undoes nothing.
    await first.start();
    servers.push(first);
    await created(ENTRY, { zone, type: 'TXT', name: 'third', target: 'x' });
    await answered('third.lab.test TXT', '"x"');
    await second.stop();
    servers = [first];
    await login(first);
    await created(ENTRY, { zone, type: 'TXT', name: 'fourth', target: 'x' });
    await answered('fourth.lab.test TXT', '"x"');
    expect((await settled(zone)).wanted).toBeGreaterThan(after.wanted);
    await answered('second.lab.test TXT', '"x"');
  });

  it('serves a zone no longer that is deleted', async () => {
    const gone = await created(ZONE, { name: 'gone' });
    await settled(gone);
    expect(await dig('gone', 'SOA')).not.toEqual(['']);
    await client.delete(gone);
    await until(async () => (await dig('gone', 'SOA'))[0] === '');
    expect((await health()).checks.zones).toMatchObject({ status: 'ok' });
  });
});
