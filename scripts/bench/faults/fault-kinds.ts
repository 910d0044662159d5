import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.ts';
import type { Outages } from './outages.ts';
import type { Random } from './random.ts';

/** Something that is done to an installation, and undone; resolves when all runs again. */
export type Fault = (installation: Installation, random: Random, outages: Outages) => Promise<void>;

const inSeconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

const killed =
  (kind: 'servers' | 'agents', what: string, maxAwayMs = 8000): Fault =>
  async (installation, random, outages) => {
    const one = random.pick<{ readonly program: Installation['agents'][number] }>(
      kind === 'servers' ? installation.servers : installation.agents.map((program) => ({ program })),
    ).program;
    const away = random.between(0, maxAwayMs);
    await outages.during(
      { what, program: one.name, mustBeTold: false },
      `${one.name} is killed, and started after ${inSeconds(away)}`,
      async () => {
        await one.kill();
        await sleep(away);
        await one.start();
      },
    );
  };

/** The faults by name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  /** The whole database is killed; it is started again at once by whoever embeds it, and reads its log first. */
  postgres: async ({ postmaster, query }, _, outages) => {
    await outages.during({ what: 'postgres', mustBeTold: false }, 'is killed', async () => {
      const pid = await postmaster();
      if (pid > 0) process.kill(pid, 'SIGKILL');
      await answers(query);
    });
  },

  /** One connection's process is killed: PostgreSQL throws away its memory and recovers. */
  backend: async ({ query }, _, outages) => {
    await outages.during({ what: 'backend', mustBeTold: false }, 'a connection is killed', async () => {
      const found = await query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
         ORDER BY state_change DESC LIMIT 1`,
      ).catch(() => []);
      for (const { pid } of found) process.kill(pid, 'SIGKILL');
      await answers(query);
    });
  },

  /** The database stands still, and its connections with it. */
  'postgres-hang': async ({ postmaster }, random, outages) => {
    const hanging = random.between(1000, 9000);
    const how = `stands still for ${inSeconds(hanging)}`;
    await outages.during({ what: 'postgres-hang', mustBeTold: true }, how, async () => {
      const pid = await postmaster();
      if (pid <= 0) return;
      const family = [pid, ...childrenOf(pid)];
      for (const one of family) signal(one, 'SIGSTOP');
      await sleep(hanging);
      for (const one of family) signal(one, 'SIGCONT');
    });
  },

  server: killed('servers', 'server'),
  agent: killed('agents', 'agent'),

  /** A server stands still, also beyond what the others wait for. */
  'server-hang': async ({ servers }, random, outages) => {
    const { program } = random.pick(servers);
    const hanging = random.between(1000, 20_000);
    await outages.during(
      { what: 'server-hang', program: program.name, mustBeTold: false },
      `${program.name} stands still for ${inSeconds(hanging)}`,
      () => program.hang(hanging),
    );
  },

  nats: async ({ nats }, random, outages) => {
    const away = random.between(0, 10_000);
    const how = `is killed, and started after ${inSeconds(away)}`;
    await outages.during({ what: 'nats', mustBeTold: true }, how, async () => {
      await nats.kill();
      await sleep(away);
      await nats.restart();
    });
  },

  /** A server's clock jumps, and stays there until it jumps again. */
  clock: async ({ servers }, random, outages) => {
    const { program, clock } = random.pick(servers);
    const to = random.pick([-3600, -60, -5, 0, 5, 60, 3600]);
    const how = `that of ${program.name} is set to ${to} s ahead`;
    await outages.during({ what: 'clock', mustBeTold: false }, how, async () => clock?.set(to));
  },

  /** The disk of the database is full. */
  disk: async ({ disk, query }, random, outages) => {
    const full = random.between(3000, 12_000);
    await outages.during({ what: 'disk', mustBeTold: false }, `is full for ${inSeconds(full)}`, async () => {
      await disk?.fill();
      await sleep(full);
      await disk?.free();
      await answers(query);
    });
  },
};

/** How long what is killed stays away at the most where many kills follow each other, in milliseconds. */
const SHORT_MS = 600;

/** Kills alone, without hanging, clocks and disks, of which many can follow each other; NATS loses all it has. */
export const KILLS: Readonly<Record<string, Fault>> = {
  postgres: FAULTS['postgres'] as Fault,
  server: killed('servers', 'server', SHORT_MS),
  agent: killed('agents', 'agent', SHORT_MS),
  nats: async ({ nats }, random, outages) => {
    const away = random.between(0, SHORT_MS);
    const how = `is killed, and started after ${inSeconds(away)} with nothing in its store`;
    await outages.during({ what: 'nats', mustBeTold: true }, how, async () => {
      await nats.kill();
      await sleep(away);
      await nats.restart({ emptied: true });
    });
  },
};

/** Why a fault cannot be had here; undefined where it can. */
export function lacking(name: string, { disk, servers }: Installation): string | undefined {
  if (name === 'disk' && !disk) return 'no full disk: a tmpfs can be mounted by root alone';
  if (name === 'clock' && servers.some(({ clock }) => !clock)) {
    return 'no clock jumps: libfaketime is not installed (apt-get install faketime)';
  }
  return undefined;
}

async function answers(query: Installation['query']): Promise<void> {
  const limit = performance.now() + 60_000;
  while (performance.now() < limit) {
    try {
      await query('SELECT 1');
      return;
    } catch {
      await sleep(50);
    }
  }
}

const childrenOf = (pid: number): number[] =>
  spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.trim() !== '')
    .map(Number);

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
