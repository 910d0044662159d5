import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { silentLogger } from '#kernel';
import type { Named, TestDatabase } from '#testing';
import { startNamed, testDatabase, until } from '#testing';
import type { ZoneContent } from '../zone-source.ts';
import { BindServer } from './bind-server.ts';
import type { Transfers } from './include-keeper.ts';
import { publicationHealth } from './publication-health.ts';
import { Overtaken, PublicationLedger } from './publication-ledger.ts';
import { ZoneFiles } from './zone-files.ts';
import { ZonePublisher } from './zone-publisher.ts';

jest.setTimeout(240_000);

const run = promisify(execFile);

/** A zone of these records. */
function zone(name: string, ...records: readonly string[]): ZoneContent {
  const text = (serial: number | string): string =>
    [
      '$TTL 300',
      `$ORIGIN ${name}.`,
      `@ IN SOA ns.${name}. hostmaster.${name}. ( ${serial} 60 60 600 60 )`,
      '@ IN NS ns',
      'ns IN A 127.0.0.1',
      ...records,
      '',
    ].join('\n');
  const hash = createHash('sha256').update(text('')).digest('hex');
  return { name, kind: 'forward', hash, leftOut: [], leftOutCount: 0, text };
}

let database: TestDatabase;
let named: Named;
let ledger: PublicationLedger;
let position = 0n;

beforeEach(async () => {
  database = await testDatabase();
  ledger = new PublicationLedger(database.pool);
  await ledger.start();
  named = await startNamed();
});
afterEach(async () => {
  await named.stop();
  await database.drop();
});

const bind = () =>
  new BindServer({
    server: { host: '127.0.0.1', port: named.port },
    rndcPort: named.rndcPort,
    rndcKey: named.rndcKey,
  });
/** One that looks at everything in every run. */
const newPublisher = (transfers: Transfers = { secondaries: [], keys: [] }) =>
  new ZonePublisher({
    ledger,
    files: new ZoneFiles(named.zones),
    server: bind(),
    transfers,
    log: silentLogger,
    lookMs: 0,
  });
const { signal: term } = new AbortController();
const publish = async (publisher: ZonePublisher, ...zones: readonly ZoneContent[]): Promise<void> => {
  position += 1n;
  await publisher.publish({ position, zones: new Map(zones.map((one) => [one.name, one])) }, term);
};
const dig = async (...question: readonly string[]): Promise<string> => {
  const where = ['@127.0.0.1', '-p', String(named.port), '+short', '+time=2', '+tries=1'];
  return (await run('dig', [...where, ...question])).stdout.trim();
};
const standing = async (name: string) => (await ledger.of([name])).get(name);
const fileOf = (name: string): string => path.join(named.zones, 'zones', `${name}.zone`);

describe('the publisher', () => {
  it('has zones served, follows their changes with rising serials, and takes away those that are no more', async () => {
    const publisher = newPublisher();
    await publish(publisher, zone('a.test', 'web IN A 10.0.0.1'), zone('b.test'));
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.1');
    const first = await standing('a.test');
    expect(first).toMatchObject({ served: first?.wanted, error: null });

    await publish(publisher, zone('a.test', 'web IN A 10.0.0.2'), zone('b.test'));
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.2');
    const second = await standing('a.test');
    expect(second?.wanted).toBeGreaterThan(first?.wanted ?? 0);
    expect(second).toMatchObject({ served: second?.wanted, error: null });

    await publish(publisher, zone('a.test', 'web IN A 10.0.0.2'));
    expect(await bind().served('b.test')).toMatchObject({ serial: null });
    expect(await readdir(path.join(named.zones, 'zones'))).toEqual(['a.test.zone']);
    expect(await standing('a.test')).toEqual(second);
    expect(await standing('b.test')).toBeUndefined();
  });

  it('gives several changes in one second serials of their own, and none to what did not change', async () => {
    const publisher = newPublisher();
    const other = zone('other.test');
    const serials: number[] = [];
    let before: unknown;
    for (let n = 1; n <= 5; n += 1) {
      await publish(publisher, other, zone('a.test', `web IN A 10.0.0.${n}`));
      serials.push((await standing('a.test'))?.served ?? 0);
      before ??= await standing('other.test');
    }
    expect(new Set(serials).size).toBe(5);
    expect(serials).toEqual(serials.toSorted((a, b) => a - b));
    expect(await standing('other.test')).toEqual(before);
  });

  it('keeps serving the last good version of a zone that is not well-formed, and tells it with the words of the check', async () => {
    const publisher = newPublisher();
    await publish(publisher, zone('a.test', 'web IN A 10.0.0.1'), zone('b.test', 'x IN A 10.0.0.1'));
    const good = await standing('a.test');
    // Such a name passes `named-checkzone` as it is run by default, and named refuses it.
    await publish(publisher, zone('a.test', 'we_b IN A 10.0.0.9'), zone('b.test', 'x IN A 10.0.0.2'));
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.1');
    expect(await dig('x.b.test', 'A')).toBe('10.0.0.2');
    expect(await standing('a.test')).toMatchObject({
      served: good?.served,
      error: expect.stringContaining('we_b.a.test: bad owner name (check-names)'),
    });
    const health = await publicationHealth(ledger, named.address);
    expect(health).toMatchObject({ status: 'degraded', zones: 2, failed: 1 });
    expect(health.reason).toContain('a.test: named-checkzone: ');

    // The old file is kept up, too, while the new content is bad.
    await rm(fileOf('a.test'));
    await publish(publisher, zone('a.test', 'we_b IN A 10.0.0.9'), zone('b.test', 'x IN A 10.0.0.2'));
    expect(await readFile(fileOf('a.test'), 'utf8')).toContain('web IN A 10.0.0.1');

    await publish(publisher, zone('a.test', 'web IN A 10.0.0.3'), zone('b.test', 'x IN A 10.0.0.2'));
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.3');
    expect(await publicationHealth(ledger, named.address)).toMatchObject({ status: 'ok', zones: 2, failed: 0 });
  });

  it('leaves a zone out that was never well-formed, and serves the others', async () => {
    await publish(newPublisher(), zone('a.test', 'bad IN A 999.1.1.1'), zone('b.test'));
    expect(await bind().served('b.test')).toEqual({ serial: (await standing('b.test'))?.wanted });
    expect(await readFile(path.join(named.zones, 'dns.master'), 'utf8')).not.toContain('a.test');
    expect(await standing('a.test')).toMatchObject({ served: null, error: expect.stringContaining('bad dotted quad') });
  });

  it('brings a name server back that has lost everything', async () => {
    const publisher = newPublisher();
    const zones = [zone('a.test', 'web IN A 10.0.0.1'), zone('b.test')];
    await publish(publisher, ...zones);
    const before = await standing('a.test');
    await named.kill();
    await publish(publisher, ...zones);
    expect(await standing('a.test')).toMatchObject({
      served: null,
      error: expect.stringContaining(`127.0.0.1:${named.port}`),
    });
    expect(await publicationHealth(ledger, named.address)).toMatchObject({ status: 'degraded', failed: 2 });

    await rm(path.join(named.zones, 'zones'), { recursive: true });
    await writeFile(path.join(named.zones, 'dns.master'), '');
    await named.start();
    await until(async () => {
      await publish(publisher, ...zones);
      return (await standing('a.test'))?.served !== null && (await standing('b.test'))?.served !== null;
    });
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.1');
    expect((await standing('a.test'))?.wanted).toBe(before?.wanted);
    expect(await publicationHealth(ledger, named.address)).toMatchObject({ status: 'ok' });
  });

  it('brings back files that somebody has edited, removed or replaced by an old one', async () => {
    const publisher = newPublisher();
    const zones = [zone('a.test', 'web IN A 10.0.0.2')];
    await publish(publisher, zone('a.test', 'web IN A 10.0.0.1'));
    const old = await readFile(fileOf('a.test'), 'utf8');
    const { mtime } = await stat(fileOf('a.test'));
    await publish(publisher, ...zones);

    // From a backup, with its old time: BIND takes no notice of such a file before it is started again.
    await writeFile(fileOf('a.test'), old);
    await utimes(fileOf('a.test'), mtime, mtime);
    await named.kill();
    await named.start();
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.1');
    await until(async () => {
      await publish(publisher, ...zones);
      return (await dig('web.a.test', 'A')) === '10.0.0.2';
    });

    await rm(fileOf('a.test'));
    await publish(publisher, ...zones);
    expect(await readFile(fileOf('a.test'), 'utf8')).toContain('10.0.0.2');
  });

  it('passes a serial that is served though it is later than its own, so that secondaries follow', async () => {
    const publisher = newPublisher();
    const content = zone('a.test', 'web IN A 10.0.0.1');
    await publish(publisher, content);
    const own = (await standing('a.test'))?.wanted ?? 0;
    await writeFile(fileOf('a.test'), zone('a.test', 'web IN A 10.9.9.9').text(own + 1000));
    await run('rndc', ['-s', '127.0.0.1', '-p', String(named.rndcPort), '-k', named.rndcKey, 'reload', 'a.test']);
    await until(async () => (await dig('web.a.test', 'A')) === '10.9.9.9');
    await publish(publisher, content);
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.1');
    expect(await standing('a.test')).toMatchObject({ wanted: own + 1001, served: own + 1001, error: null });
  });

  it('has a file loaded whose time is earlier than that of what is loaded, because the clock was set back', async () => {
    const publisher = newPublisher();
    await publish(publisher, zone('a.test', 'web IN A 10.0.0.1'));
    const ahead = new Date(Date.now() + 3_600_000);
    await utimes(fileOf('a.test'), ahead, ahead);
    await run('rndc', ['-s', '127.0.0.1', '-p', String(named.rndcPort), '-k', named.rndcKey, 'reload', 'a.test']);
    await until(() => named.lines.filter((line) => line.includes('a.test/IN: loaded serial')).length === 2);
    await publish(publisher, zone('a.test', 'web IN A 10.0.0.2'));
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.2');
  });

  it('goes on in another process with the same serials, checks nothing anew, and passes what it does not know', async () => {
    const zones = [zone('a.test', 'web IN A 10.0.0.1'), zone('b.test')];
    await publish(newPublisher(), ...zones);
    const before = await standing('a.test');
    const written = (await stat(fileOf('a.test'), { bigint: true })).mtimeNs;
    await publish(newPublisher(), ...zones);
    expect(await standing('a.test')).toEqual(before);
    expect((await stat(fileOf('a.test'), { bigint: true })).mtimeNs).toBe(written);

    // A database that was restored, or is new: it knows nothing of the serials that secondaries have.
    await database.pool.query('DELETE FROM ledger.published_zones');
    await publish(newPublisher(), zone('a.test', 'web IN A 10.0.0.5'), zones[1] ?? zone('b.test'));
    const after = await standing('a.test');
    expect(after?.wanted).toBeGreaterThan(before?.wanted ?? 0);
    expect(after).toMatchObject({ served: after?.wanted, error: null });
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.5');
  });

  it('publishes nothing that another process has gone beyond', async () => {
    const late = newPublisher();
    const [first, second] = [zone('a.test', 'web IN A 10.0.0.1'), zone('a.test', 'web IN A 10.0.0.2')];
    await publish(late, first);
    const stale = { position, zones: new Map([['a.test', zone('a.test', 'web IN A 10.0.0.7')]]) };
    await publish(newPublisher(), second);
    await expect(late.publish(stale, term)).rejects.toThrow(Overtaken);
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.2');
    expect(await readFile(fileOf('a.test'), 'utf8')).toContain('10.0.0.2');
  });

  it('goes on with the zones that are known while the configuration of BIND is broken, and with the others when it is not', async () => {
    const publisher = newPublisher();
    await publish(publisher, zone('a.test', 'web IN A 10.0.0.1'));
    const configuration = path.join(named.zones, '..', 'named.conf');
    const good = await readFile(configuration, 'utf8');
    await writeFile(configuration, `${good}\nnonsense;\n`);
    await publish(publisher, zone('a.test', 'web IN A 10.0.0.2'), zone('b.test'));
    expect(await dig('web.a.test', 'A')).toBe('10.0.0.2');
    expect(await standing('b.test')).toMatchObject({
      served: null,
      error: expect.stringMatching(/does not know the zone.*rndc reconfig: .*failed/),
    });
    await writeFile(configuration, good);
    await until(async () => {
      await publish(publisher, zone('a.test', 'web IN A 10.0.0.2'), zone('b.test'));
      return (await standing('b.test'))?.served !== null;
    });
    expect(await publicationHealth(ledger, named.address)).toMatchObject({ status: 'ok' });
  });

  it('says of a zone that is no more that it is still served, as long as it is', async () => {
    const publisher = newPublisher();
    await publish(publisher, zone('a.test'), zone('b.test'));
    const configuration = path.join(named.zones, '..', 'named.conf');
    const good = await readFile(configuration, 'utf8');
    await writeFile(configuration, `${good}\nnonsense;\n`);
    await publish(publisher, zone('a.test'));
    expect(await standing('b.test')).toMatchObject({
      error: expect.stringMatching(/^it is no more, and may still be served: rndc reconfig: /),
    });
    expect(await readdir(path.join(named.zones, 'zones'))).toEqual(['a.test.zone', 'b.test.zone']);
    // Another process takes it up.
    await writeFile(configuration, good);
    await publish(newPublisher(), zone('a.test'));
    expect(await standing('b.test')).toBeUndefined();
    expect(await readdir(path.join(named.zones, 'zones'))).toEqual(['a.test.zone']);
  });

  it('writes many zones at once, and has them loaded by one command', async () => {
    const publisher = newPublisher();
    const zones = Array.from({ length: 100 }, (_, n) => zone(`z${n}.test`));
    await publish(publisher, ...zones);
    expect(await publicationHealth(ledger, named.address)).toMatchObject({ status: 'ok', zones: 100, failed: 0 });
    expect(await readdir(path.join(named.zones, 'zones'))).toHaveLength(100);
    expect(await bind().served('z99.test')).toEqual({ serial: (await standing('z99.test'))?.wanted });
  });

  it('lets a secondary copy a zone with its key, tells it of changes, and lets nobody else copy it', async () => {
    const secret = Buffer.alloc(32, 'transfer').toString('base64');
    const keys = [{ name: 'ns2', algorithm: 'hmac-sha256', secret }];
    await publish(newPublisher({ secondaries: [], keys }), zone('a.test', 'web IN A 10.0.0.1'));
    const second = await startNamed({
      config: `key "ns2" { algorithm hmac-sha256; secret "${secret}"; };
zone "a.test" { type secondary; primaries { 127.0.0.1 port ${named.port} key "ns2"; }; };`,
    });
    try {
      const copied = () => run('dig', ['@127.0.0.1', '-p', String(second.port), '+short', 'web.a.test', 'A']);
      await until(async () => (await copied()).stdout.trim() === '10.0.0.1');
      const publisher = newPublisher({ secondaries: [{ address: '127.0.0.1', port: second.port, key: 'ns2' }], keys });
      await publish(publisher, zone('a.test', 'web IN A 10.0.0.2'));
      await until(async () => (await copied()).stdout.trim() === '10.0.0.2');
      expect(second.lines.join('\n')).toContain("received notify for zone 'a.test': TSIG 'ns2'");

      const transfer = (...args: readonly string[]) =>
        run('dig', ['@127.0.0.1', '-p', String(named.port), ...args, 'a.test', 'AXFR']);
      expect((await transfer()).stdout).toContain('Transfer failed');
      const wrong = Buffer.alloc(32, 'wrong').toString('base64');
      expect((await transfer('-y', `hmac-sha256:ns2:${wrong}`)).stdout).toContain('Transfer failed');
      expect((await transfer('-y', `hmac-sha256:ns2:${secret}`)).stdout).toContain('10.0.0.2');

      // The key stands in a file of its own, which its owner and group may read.
      expect(await readFile(path.join(named.zones, 'dns.master'), 'utf8')).not.toContain(secret);
      const file = path.join(named.zones, 'transfer.keys');
      expect(await readFile(file, 'utf8')).toContain(secret);
      expect((await stat(file)).mode & 0o777).toBe(0o640);
    } finally {
      await second.stop();
    }
  });
});
