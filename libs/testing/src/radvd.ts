import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestNetwork } from './test-network.ts';
import { until } from './until.ts';

/** Advertises a router that routes nothing on an interface of a network. */
export interface Radvd {
  stop(): Promise<void>;
}

/** Starts it, and resolves once it has read what it is to do; it ends with us. Needs the program `radvd`. */
export async function startRadvd(network: TestNetwork, on: string): Promise<Radvd> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-radvd-'));
  const file = (name: string) => path.join(folder, name);
  const options = 'AdvSendAdvert on; AdvDefaultLifetime 0; MinRtrAdvInterval 3; MaxRtrAdvInterval 4;';
  await writeFile(file('radvd.conf'), `interface ${on} { ${options} };\n`);
  const words = [...network.within, 'setpriv', '--pdeathsig', 'KILL', 'radvd', '-n', '-C', file('radvd.conf')];
  const [program, ...rest] = [...words, '-p', file('pid'), '-m', 'none', '-u', 'root'];
  const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const child = spawn(program, rest, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const ready = until(() =>
    access(file('pid')).then(
      () => true,
      () => false,
    ),
  );
  try {
    await Promise.race([ready, ended.then(([code]) => Promise.reject(new Error(`radvd has ended with ${code}`)))]);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { stop };
}
