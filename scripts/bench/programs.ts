/**
 * `npm run bench -- programs [MEGABYTES ...]`: what it costs a process to start programs, from the launcher and directly, in
 * the same run: how long the event loop is busy with each start, and starts a second. The memory of the process is
 * filled up first, because a fork takes longer the more there is.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { memoryUsage, stdout } from 'node:process';
import { ProgramLauncher } from '#programs';
import type { Limit } from './limit.ts';
import { median } from './median.ts';

const MEGABYTE = 2 ** 20;
/** Programs started by each way at each size, and how many of them at a time. */
const STARTS = 300;
const AT_ONCE = 8;
/** How often starts of both ways take turns: what else runs on the machine meets both. */
const ROUNDS = 3;

/** One way of running `true` once. */
type Way = () => Promise<unknown>;

interface Figures {
  readonly busyMs: number;
  readonly perSecond: number;
}

async function directly(): Promise<void> {
  const child = spawn('true', [], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  await once(child, 'close');
}

async function measure(way: Way): Promise<Figures> {
  const starts = STARTS / ROUNDS;
  const before = performance.eventLoopUtilization();
  const begun = performance.now();
  let left = starts;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (; left > 0; await way()) left -= 1;
    }),
  );
  const { active } = performance.eventLoopUtilization(before);
  return { busyMs: active / starts, perSecond: (1000 * starts) / (performance.now() - begun) };
}

/** Takes memory until the process has so many megabytes of it. */
function fill(held: Buffer[], megabytes: number): void {
  while (memoryUsage().rss < megabytes * MEGABYTE) held.push(Buffer.alloc(MEGABYTE, 1));
}

export async function run(args: string[], limit: Limit): Promise<void> {
  const sizes = args.length > 0 ? args.map(Number) : [100, 250, 500];
  const launcher = new ProgramLauncher();
  const held: Buffer[] = [];
  const line = (cells: readonly string[]) => stdout.write(`${cells.map((cell) => cell.padStart(14)).join('')}\n`);
  line(['memory', 'way', 'busy/start', 'starts/s']);
  try {
    for (const size of sizes) {
      fill(held, size);
      const launched = () => launcher.run('true', [], { timeoutMs: 60_000 });
      const ways = { launcher: launched, directly };
      const found: Record<keyof typeof ways, Figures[]> = { launcher: [], directly: [] };
      await launched();
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const name of ['launcher', 'directly'] as const) {
          const what = `starting programs, ${name}, with ${size} MB`;
          found[name].push(await limit.step(what, () => measure(ways[name])));
        }
      }
      for (const [name, figures] of Object.entries(found)) {
        const busy = median(figures.map(({ busyMs }) => busyMs));
        const rate = median(figures.map(({ perSecond }) => perSecond));
        line([`${Math.round(memoryUsage().rss / MEGABYTE)} MB`, name, `${busy.toFixed(2)} ms`, rate.toFixed(0)]);
      }
    }
  } finally {
    await launcher.stop();
  }
}
