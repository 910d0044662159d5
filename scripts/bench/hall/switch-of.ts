import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestNetwork } from '#testing';

/** A switch that says which of its ports a network card hangs on, over LLDP. */
export interface Switch {
  stop(): Promise<void>;
}

/** How long it runs where nobody ends it. */
const MOST = '3600';

/** Says so each second. Needs the program `lldpd`. @param port `1/0/12` @param card our end of the wire: `tap0` */
export async function startSwitch(
  network: TestNetwork,
  folder: string,
  { name, port, card }: { readonly name: string; readonly port: string; readonly card: string },
): Promise<Switch> {
  const file = path.join(folder, 'lldpd.conf');
  await writeFile(
    file,
    `configure system hostname ${name}\nconfigure ports ${card} lldp portidsubtype local ${port}\nconfigure lldp tx-interval 1\n`,
  );
  const words = [
    ...network.within,
    'timeout',
    MOST,
    'lldpd',
    '-d',
    '-I',
    card,
    '-u',
    path.join(folder, 'lldpd.sock'),
    '-O',
    file,
  ];
  const [program = '', ...rest] = words;
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  const daemon = spawn(program, rest, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(daemon, 'exit');
  let said = '';
  daemon.stderr.setEncoding('utf8');
  for await (const part of daemon.stderr.iterator({ destroyOnReturn: false })) {
    said += String(part);
    if (said.includes('should resume operations')) break;
  }
  if (!said.includes('should resume operations')) throw new Error(`lldpd does not run: ${said}`);
  daemon.stderr.resume();
  return {
    async stop() {
      daemon.kill('SIGTERM');
      await ended;
    },
  };
}
