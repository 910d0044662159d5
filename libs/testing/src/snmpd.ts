import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './contractor.ts';

/** An SNMP agent of a test's own on loopback, with its files in a temporary folder. */
export interface Snmpd {
  /** Of UDP. */
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts net-snmp's agent and resolves once it answers. Communities: `public` reads, `private` writes. Users of version 3:
 * `open` reads without a key; `writer` (SHA-256 `auth-pass`, AES `priv-pass`) and `sha` (SHA `auth-pass`, AES `priv-pass`)
 * write. Needs the program `snmpd`.
 */
export async function startSnmpd(): Promise<Snmpd> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-snmpd-'));
  const port = await freePort();
  const file = path.join(folder, 'snmpd.conf');
  await writeFile(
    file,
    `agentAddress udp:127.0.0.1:${port}
rocommunity public 127.0.0.1
rwcommunity private 127.0.0.1
createUser open
createUser writer SHA-256 auth-pass AES priv-pass
createUser sha SHA auth-pass AES priv-pass
rouser open noauth
rwuser writer
rwuser sha
`,
  );
  // `-m` without names: no texts of modules are read, of which Debian has none.
  const child = spawn('snmpd', ['-f', '-Lo', '-C', '-c', file, '-m', ''], {
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, SNMP_PERSISTENT_DIR: path.join(folder, 'state') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  const lines: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`snmpd ended with ${code}:\n${lines.join('\n')}`)));
      createInterface(child.stdout).on('line', (line) => {
        lines.push(line);
        if (line.includes('NET-SNMP version')) resolve();
      });
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}
