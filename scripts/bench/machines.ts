import { mkdtemp, rm, chmod } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '#runtime';
import type { Limit } from './limit.ts';
import { machineKillRun } from './machines/kill-run.ts';

/**
 * Machines of Docker, Podman, libvirt and a simulated vCenter are made and removed while agent and server are killed:
 * `machines [--count 30] [--seed N] [--only docker,libvirt]`. Sets the exit code to 1 where a machine was left over, made twice, or
 * its job did not end.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string', default: '30' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e6));
  const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-machines-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres(folder);
  try {
    const began = performance.now();
    const say = (line: string): void =>
      console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`);
    say(`seed ${seed}`);
    const only = values.only === undefined ? {} : { only: values.only.split(',') };
    const options = { databaseUrl: postgres.url, count: Number(values.count), seed, say, ...only };
    const { kills, amid, made, removed, findings } = await limit.step('machines were made', () =>
      machineKillRun(options),
    );
    console.log(`${kills} kills amid ${amid} jobs of machines; ${made} machines were made, ${removed} removed`);
    for (const line of findings) console.log(line);
    console.log(findings.length === 0 ? 'no machine is left over, none was made twice' : `${findings.length} findings`);
    if (findings.length > 0) process.exitCode = 1;
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
