import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { manualFoundation, startSshd, until } from '#testing';
import { startJourney } from './start-journey.ts';

jest.setTimeout(300_000);

const SITE = '/api/v1/Site/Site';
const JOB = '/api/v1/Foreman/FoundationJob';
const FOUNDATION = '/api/v1/Building/Foundation';

const sshd = await startSshd();
afterAll(() => sshd.stop());
const { database, server, client } = await startJourney();

/** Everything PostgreSQL holds, as text. */
async function everything(): Promise<string> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema IN ('log', 'read', 'ledger')`,
  );
  const tables = await Promise.all(rows.map(({ name }) => database.pool.query(`SELECT * FROM ${name}`)));
  return JSON.stringify(tables.map((table) => table.rows));
}

describe('a job that runs commands on a host', () => {
  const inFolder = (name: string) => path.join(sshd.folder, name);

  it('is in error after a wrong exit code, runs the command again when it is reset, and keeps the key to itself', async () => {
    await client.create(SITE, { name: 'lab', description: 'x', config_values: { private_key: sshd.key } });
    await writeFile(inFolder('source'), 'the content\n');
    const login = `host="127.0.0.1", port=${sshd.port}, username="${sshd.user}", private_key=config.private_key`;
    await manualFoundation(
      client,
      'lab',
      'host1',
      `begin()
  ssh.execute( ${login}, command="echo again >> ${inFolder('runs')}; test -e ${inFolder('there')}" )
  ssh.file( ${login}, password=none, source="file://${inFolder('source')}", destination="${inFolder('copy')}" )
end
`,
    );
    const id = await client.call<number>(`${FOUNDATION}:host1:(doCreate)`);
    const job = () => client.get(`${JOB}:${id}:`);
    await until(async () => (await job())['state'] === 'error');
    expect(await job()).toMatchObject({
      message: expect.stringMatching(/^"echo again >> \S+…" on 127\.0\.0\.1 ended with exit code 1, and not with 0/),
    });
    expect(existsSync(inFolder('copy'))).toBe(false);
    await writeFile(inFolder('there'), '');
    await client.call(`/api/v1/Foreman/BaseJob:${id}:(reset)`);
    await until(async () => (await client.get(`${FOUNDATION}:host1:`))['state'] === 'built');
    expect(await readFile(inFolder('runs'), 'utf8')).toBe('again\nagain\n');
    expect(await readFile(inFolder('copy'), 'utf8')).toBe('the content\n');

    const [, middle = ''] = sshd.key.split('\n');
    const all = [await everything(), ...server.lines].join('\n');
    expect(all).toContain('echo again');
    expect(all).not.toContain(middle);
  });

  it('has the command killed that is under way when it is cancelled', async () => {
    const login = `host="127.0.0.1", port=${sshd.port}, username="${sshd.user}", private_key=config.private_key`;
    const pid = inFolder('pid');
    const command = `echo $$ > ${pid}; exec sleep 600`;
    await manualFoundation(client, 'lab', 'host2', `begin()\n  ssh.execute( ${login}, command="${command}" )\nend\n`);
    const id = await client.call<number>(`${FOUNDATION}:host2:(doCreate)`);
    await until(() => existsSync(pid));
    await client.call(`${JOB}:${id}:(cancel)`);
    await until(async () => {
      const started = (await readFile(pid, 'utf8')).trim();
      // One that has ended may wait for whoever inherited it to look at its end.
      const stat = await readFile(`/proc/${started}/stat`, 'latin1').catch(() => ') Z ');
      return / [ZX] /.test(stat);
    });
  });
});
