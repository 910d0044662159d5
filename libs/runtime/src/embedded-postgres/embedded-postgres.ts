import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#kernel';
import { silentLogger } from '#kernel';
import { serverAccount } from './account.ts';
import { dataFolder, USER } from './data-folder.ts';
import { ownDatabase } from './database-owner.ts';
import { isAlive, removeStaleLock, runningServer } from './lock-file.ts';
import { postgresPrograms } from './programs.ts';
import type { LaunchedServer } from './server-process.ts';
import { freePort, launch, ready } from './server-process.ts';

/** A PostgreSQL server that belongs to this process. */
export interface EmbeddedPostgres {
  /** Where to connect; a superuser on loopback, trusted by the password in the data directory. */
  readonly url: string;
  /** Whether a server left behind by a killed process was taken over. */
  readonly takenOver: boolean;
  stop(): Promise<void>;
}

/** The database in it. */
export const DATABASE = 'contractor';

/** How long to wait before the server is started once more after it could not be, in milliseconds. */
const AGAIN_MS = 1000;

/** What the server says where processes of one that was killed still end. */
const LEFT_OVER = 'pre-existing shared memory block';
/** How long to wait for them before the server is started again, in milliseconds, and how often. */
const LEFT_OVER_MS = 250;
const MAX_TRIES = 40;

/**
 * Starts PostgreSQL on a data directory, which is made when it is not there. A server that still runs on that directory
 * though its process was killed is taken over; one whose process lives is left alone. A server that ends by itself is
 * started again. Started as root, PostgreSQL runs as an account of its own, as it refuses root.
 * @param directory absolute path; everything of the server lives below it
 * @param log told when the server has ended by itself, and why it could not be started again
 * @throws OwnedByAnother where it belongs to another process; BadSetting where a setting is to blame; Error saying what
 * is wrong and what to do about it
 */
export async function startEmbeddedPostgres(directory: string, log: Logger = silentLogger): Promise<EmbeddedPostgres> {
  await mkdir(directory, { recursive: true });
  const account = serverAccount(log);
  const programs = await postgresPrograms(account, log);
  const { data, passwordFile } = await dataFolder(directory, programs, account, log);
  const password = await readFile(passwordFile, 'utf8');

  const orphan = await runningServer(data);
  const port = orphan?.port ?? (await freePort());
  const urlFor = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
  let launched: LaunchedServer | undefined;
  let stopping = false;
  let healing = Promise.resolve();

  /** Starts the server where none runs, and makes it this process's. */
  const own = async (): Promise<() => Promise<void>> => {
    for (let tries = 1; ; tries += 1) {
      if (!(await runningServer(data))) {
        await removeStaleLock(data);
        launched = await launch(programs, account, data, port);
      }
      try {
        await ready(urlFor('postgres'), DATABASE, data, launched);
        break;
      } catch (error) {
        if (tries >= MAX_TRIES || !(error as Error).message.includes(LEFT_OVER)) throw error;
        await sleep(LEFT_OVER_MS);
      }
    }
    return ownDatabase(urlFor(DATABASE), () => {
      if (!stopping) healing = heal();
    });
  };
  const heal = async (): Promise<void> => {
    log.error('the database has gone', new Error('the embedded PostgreSQL ended by itself'));
    for (;;) {
      try {
        disown = await own();
        return;
      } catch (error) {
        if (stopping) return;
        log.error('the database cannot be started', error);
        await sleep(AGAIN_MS);
      }
    }
  };
  let disown = await own();

  return {
    url: urlFor(DATABASE),
    takenOver: orphan !== undefined,
    stop: async () => {
      stopping = true;
      await healing;
      await disown();
      const running = await runningServer(data);
      if (!running) return;
      // SIGINT: end open transactions, write everything down, stop.
      process.kill(running.pid, 'SIGINT');
      // It was let go of so as not to keep this process alive; now it is waited for.
      const child = launched?.child;
      child?.ref();
      if (child?.pid === running.pid) await once(child, 'exit');
      else while (isAlive(running.pid)) await sleep(20);
    },
  };
}
