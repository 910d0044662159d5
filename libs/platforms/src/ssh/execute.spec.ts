import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { KILL_OTHERS } from './execute.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const PATH = process.env['PATH'] ?? '';

/** A process of a host that was started over a connection, or over none. */
async function started(connection: string | undefined): Promise<ChildProcess> {
  const env = { PATH, ...(connection === undefined ? {} : { SSH_CONNECTION: connection }) };
  const child = spawn('sleep', ['600'], { env, detached: true, stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child;
}

/** Runs what kills the others, over a connection, or over none. */
async function killOthers(connection: string | undefined): Promise<number | null> {
  const env = { PATH, ...(connection === undefined ? {} : { SSH_CONNECTION: connection }) };
  const [code] = (await once(spawn('sh', ['-c', KILL_OTHERS], { env, detached: true, stdio: 'ignore' }), 'close')) as [
    number | null,
  ];
  return code;
}

const runs = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

describe('killing what a connection has started', () => {
  it('ends all of it, and nothing of others that have the same parent', async () => {
    const ours = `192.0.2.1 ${randomUUID()} 192.0.2.2 22`;
    const [one, other] = [await started(ours), await started(ours)];
    const strangers = [await started(undefined), await started(`${ours}22`), await started(ours.replace(' 22', ''))];
    const ended = [once(one, 'exit'), once(other, 'exit')];
    expect(await killOthers(ours)).toBe(0);
    expect(await Promise.all(ended)).toEqual([
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ]);
    expect(strangers.map(runs)).toEqual([true, true, true]);
  });

  it('ends nothing where the host does not name the connection', async () => {
    const strangers = [await started(undefined), await started('')];
    expect(await killOthers(undefined)).toBe(1);
    expect(strangers.map(runs)).toEqual([true, true]);
  });
});
