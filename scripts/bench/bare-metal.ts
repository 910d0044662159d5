import { parseArgs } from 'node:util';
import { hallFindings } from './bare-metal/hall-findings.ts';
import { hallPhases } from './bare-metal/hall-phases.ts';
import { hallRun } from './bare-metal/hall-run.ts';
import { hallTakenDown } from './bare-metal/hall-taken-down.ts';
import { inHall } from './hall/in-hall.ts';
import type { Limit } from './limit.ts';

/** How long machines may take, in milliseconds. */
const MAX_MS = 3_000_000;

/**
 * Machines of QEMU, with a BMC each, are switched on, surveyed, located, written an image to, and boot it, while the server is
 * killed with -9; with `--destroy` they are then wiped and switched off: `bare-metal [--machines 20] [--at-once 2] [--jobs 4]
 * [--kills 3] [--destroy]`. So many are surveyed at a time, and the site has so many jobs, of which each machine has two: what
 * is emulated takes the longer the more there are at once. Needs root. Sets the exit code to 1 where something was lost, or done
 * twice.
 */
export async function run(args: string[], limit: Limit): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      machines: { type: 'string', default: '20' },
      'at-once': { type: 'string', default: '2' },
      jobs: { type: 'string', default: '4' },
      kills: { type: 'string', default: '3' },
      destroy: { type: 'boolean', default: false },
    },
  });
  const begun = performance.now();
  const say = (line: string): void =>
    console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  await inHall({}, async (hall) => {
    say('server, subcontractor, Kea, BIND and the boot image are there');
    const count = Number(values.machines);
    await hall.rest('POST', 'Foreman/Limit', { site: 'site1', max_jobs: Number(values.jobs) });
    const options = { count, atOnce: Number(values['at-once']), kills: Number(values.kills), maxMs: MAX_MS };
    const { machines, times, seconds, kills, programs } = await limit.step('machines were built', () =>
      hallRun(hall, { ...options, say }),
    );
    console.log(`${count} machines in ${(seconds / 60).toFixed(1)} minutes, with ${kills} kills of the server`);
    const digits = (value: number): string => value.toFixed(1).padStart(8);
    console.log('seconds since the step before:   median    most');
    for (const { name, median, most } of await hallPhases(hall, times)) {
      console.log(`  ${name.padEnd(28)} ${digits(median)}${digits(most)}`);
    }
    console.log('processor time, in seconds:');
    for (const [name, time] of programs.all()) console.log(`  ${name.padEnd(28)} ${digits(time)}`);
    const findings = await hallFindings(hall, machines);
    for (const line of findings) console.log(line);
    console.log(
      findings.length === 0 ? 'each was built once, nothing is lost or doubled' : `${findings.length} findings`,
    );
    if (findings.length > 0) process.exitCode = 1;
    if (!values.destroy) return;
    const down = await limit.step('machines were taken down', () => hallTakenDown(hall, machines));
    console.log(`taken down, wiped and off in ${down.toFixed(1)} s`);
  });
}
