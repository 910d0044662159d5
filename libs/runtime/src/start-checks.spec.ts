import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { freePort, testDatabase } from '#testing';
import { checkAddress, checkDatabase, checkDataDirectory } from './start-checks.ts';

describe('the data directory', () => {
  let parent: string;
  beforeEach(async () => {
    parent = await mkdtemp(path.join(os.tmpdir(), 'contractor-checks-'));
  });
  afterEach(async () => {
    await chmod(parent, 0o700);
    await rm(parent, { recursive: true });
  });

  it.each(['', 'new', 'new/and/deep'])('may be "%s", and nothing is made by looking', async (name) => {
    await checkDataDirectory(path.join(parent, name));
    expect(await readdir(parent)).toEqual([]);
  });

  it.each([
    ['file', 'must be a directory'],
    ['file/below', 'cannot be made: {parent}/file is no directory'],
    ['circle', 'cannot be looked at: its links lead round in a circle'],
    ['x'.repeat(300), 'cannot be looked at: its name is too long'],
  ])('may not be %s', async (name, rule) => {
    await writeFile(path.join(parent, 'file'), '');
    await symlink('circle', path.join(parent, 'circle'));
    const directory = path.join(parent, name);
    await expect(checkDataDirectory(directory)).rejects.toThrow(
      `CONTRACTOR_DATA="${directory}": ${rule.replace('{parent}', parent)}`,
    );
  });

  it('may not be where none can be made', async () => {
    const rule = 'cannot be made in /proc: no directory can be made there';
    for (const directory of ['/proc/x', '/proc/x/y']) {
      await expect(checkDataDirectory(directory)).rejects.toThrow(`CONTRACTOR_DATA="${directory}": ${rule}`);
    }
  });

  const unlessRoot = process.getuid?.() === 0 ? it.skip : it;
  unlessRoot('may not be where this user may not write (root may write everywhere)', async () => {
    await chmod(parent, 0o500);
    await expect(checkDataDirectory(parent)).rejects.toThrow('cannot be written to: this user may not');
    await expect(checkDataDirectory(`${parent}/a`)).rejects.toThrow(`cannot be made in ${parent}: this user may not`);
  });
});

describe('the address', () => {
  it('may be a free one, or any', async () => {
    await checkAddress({ host: '127.0.0.1', port: await freePort() });
    await checkAddress({ host: '127.0.0.1', port: 0 });
  });

  it('may not be one somebody listens on', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(checkAddress({ host: '127.0.0.1', port })).rejects.toThrow(
      `CONTRACTOR_PORT="${port}": is in use on 127.0.0.1`,
    );
    server.close();
  });

  it('may not be of another machine', async () => {
    await expect(checkAddress({ host: '192.0.2.1', port: 0 })).rejects.toThrow(
      'CONTRACTOR_HOST="192.0.2.1": must be an address or a name of this machine',
    );
  });
});

describe('the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  const with_ = (change: (url: URL) => void): string => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  it('may be one that answers', () => checkDatabase(database.url));

  it('is named without its password where it does not', async () => {
    const port = await freePort();
    await expect(checkDatabase(`postgres://u:mellon@127.0.0.1:${port}/c`)).rejects.toThrow(
      `DATABASE_URL="…": cannot be connected to: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    await expect(checkDatabase(`postgres://u:mellon@localhost:${port}/c`)).rejects.toThrow(/ECONNREFUSED 127.0.0.1/);
  });

  it.each([
    ['the password is wrong', (url: URL) => void (url.password = 'mellon'), /password authentication failed/],
    ['it is not there', (url: URL) => void (url.pathname = '/nosuch'), /database "nosuch" does not exist/],
  ])('may not be one where %s', async (_, change, reason) => {
    await expect(checkDatabase(with_(change))).rejects.toThrow(reason);
    await expect(checkDatabase(with_(change))).rejects.not.toThrow(/mellon/);
  });

  it('may not be one whose user can make nothing', async () => {
    const role = `r_${process.pid}`;
    await database.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'mellon'`);
    const url = with_((one) => {
      one.username = role;
      one.password = 'mellon';
    });
    await expect(checkDatabase(url)).rejects.toThrow('must let its user make schemas: GRANT CREATE ON DATABASE');
    await database.pool.query(`DROP ROLE ${role}`);
  });

  it('is waited for while it starts', async () => {
    let asked = 0;
    const starting = (socket: Socket): void => {
      socket.on('error', () => undefined);
      asked += 1;
      if (asked > 3) return void socket.end(errorMessage('28P01', 'not you'));
      socket.end(errorMessage('57P03', 'the database system is starting up'));
    };
    const server = createServer((socket) => socket.once('data', () => starting(socket))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(checkDatabase(`postgres://u:p@127.0.0.1:${port}/c`)).rejects.toThrow(
      'cannot be connected to: not you',
    );
    expect(asked).toBe(4);
    server.close();
  });
});

/** An error as PostgreSQL sends it. */
function errorMessage(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
