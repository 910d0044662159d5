import path from 'node:path';
import type { NatsServer, RunningProgram } from '#testing';
import { startNatsServer, startProgram } from '#testing';
import type { LoadedServer } from '../loaded-server.ts';
import { loadedServer } from '../loaded-server.ts';
import { SERVED } from './job-server.ts';

/** How many tasks of a module the subcontractor does at a time. */
const MAX_TASKS = 1000;

export interface Installed {
  readonly server: LoadedServer;
  readonly nats: NatsServer;
  readonly agent: RunningProgram;
}

export interface InstalledOptions {
  /** Folder of the build that server and subcontractor are started from; this one unless said. */
  readonly folder?: string | undefined;
  /** Settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The module whose tasks the subcontractor does, of the site {@link SERVED}. */
  readonly module: string;
  /** How many of them it does at a time; {@link MAX_TASKS} unless said. */
  readonly maxTasks?: number;
}

/** Runs a load on a server with NATS and a subcontractor, all of which end with it. */
export async function withSubcontractor(
  { folder, settings, module, maxTasks = MAX_TASKS }: InstalledOptions,
  load: (installed: Installed) => Promise<void>,
): Promise<void> {
  const nats = await startNatsServer();
  try {
    const server = await loadedServer(folder, { ...settings, NATS_URL: nats.url });
    try {
      const program = path.resolve(folder ?? '', 'dist', 'apps/subcontractor/src/main');
      const environment = {
        NATS_URL: nats.url,
        SUBCONTRACTOR_SITE: SERVED,
        SUBCONTRACTOR_MODULES: `${module}:${maxTasks}`,
        SUBCONTRACTOR_STATE: server.directory,
      };
      const agent = await startProgram(program, environment, '"starting"');
      try {
        await load({ server, nats, agent });
      } finally {
        await agent.kill();
      }
    } finally {
      await server.stop();
    }
  } finally {
    await nats.stop();
  }
}
