import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { EmbeddedPostgres } from '#runtime';
import { startEmbeddedPostgres } from '#runtime';
import type { NatsServer } from '#testing';
import { ADMIN_PASSWORD, freePort, startNatsServer } from '#testing';
import type { ProgramClock } from './clock-file.ts';
import { programClock } from './clock-file.ts';
import type { SmallDisk } from './small-disk.ts';
import { mountSmallDisk } from './small-disk.ts';
import { SupervisedProgram } from './supervised-program.ts';

/**
 * How long an agent may be silent before the foreman takes its task to be lost, in seconds. No task takes half as long, so
 * an agent that was cut off has ended its work by then.
 */
const LEASE_S = 6;
/** Strangers are not let in, so that `/health` has nothing to say about it. */
const NATS_USER = 'bench';
const NATS_PASSWORD = 'only-of-the-bench';
/** The site that agents serve. */
export const SITE = 'site1';

/** A server, with the clock that is set for it alone. */
export interface FaultedServer {
  readonly url: string;
  readonly program: SupervisedProgram;
  readonly clock: ProgramClock | undefined;
}

/** PostgreSQL, NATS, two servers and two agents, all of them to be killed. */
export interface Installation {
  /** Of everything; logs of the programs are in it. */
  readonly folder: string;
  /** Where the test platform writes its effects. */
  readonly ledger: string;
  readonly databaseUrl: string;
  readonly servers: readonly FaultedServer[];
  readonly agents: readonly SupervisedProgram[];
  readonly nats: NatsServer;
  readonly disk: SmallDisk | undefined;
  /** Process id of the postmaster; 0 where none is told. */
  postmaster(): Promise<number>;
  /** One query on a connection of its own. */
  query<Row>(sql: string): Promise<Row[]>;
  /** Ends everything. @param keep leaves the folder, with the logs */
  stop(keep: boolean): Promise<void>;
}

/** @param servers how many there are */
export async function startInstallation({ servers: wanted = 2 } = {}): Promise<Installation> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-faults-'));
  await chmod(folder, 0o755);
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (keep: boolean): Promise<void> => {
    for (const close of closing.toReversed()) await close().catch((error: unknown) => console.error(error));
    closing.length = 0;
    if (!keep) await rm(folder, { recursive: true, force: true });
  };
  try {
    const disk = await mountSmallDisk(path.join(folder, 'disk'));
    if (disk) closing.push(() => disk.remove());
    const postgres = await startEmbeddedPostgres(path.join(folder, 'disk'));
    closing.push(() => postgres.stop());
    // What the log of the database needs stays small beside the disk.
    await query(postgres, `ALTER SYSTEM SET max_wal_size = '128MB'`);
    await query(postgres, 'SELECT pg_reload_conf()');
    const nats = await startNatsServer({ config: `authorization: { user: ${NATS_USER}, password: ${NATS_PASSWORD} }` });
    closing.push(() => nats.stop());
    const natsUrl = nats.url.replace('//', `//${NATS_USER}:${NATS_PASSWORD}@`);
    const ledger = path.join(folder, 'effects');
    const servers: FaultedServer[] = [];
    for (let n = 1; n <= wanted; n += 1) {
      const server = await faultedServer(n, folder, { DATABASE_URL: postgres.url, NATS_URL: natsUrl });
      closing.push(() => server.program.stop());
      await server.program.start({ first: true });
      servers.push(server);
    }
    const agents = [1, 2].map((n) => agent(n, folder, { NATS_URL: natsUrl, SUBCONTRACTOR_TEST_LEDGER: ledger }));
    for (const program of agents) {
      closing.push(() => program.stop());
      await program.start({ first: true });
    }
    return {
      folder,
      ledger,
      databaseUrl: postgres.url,
      servers,
      agents,
      nats,
      disk,
      postmaster: async () => {
        const lock = path.join(folder, 'disk', 'postgres', 'postmaster.pid');
        return Number((await readFile(lock, 'utf8').catch(() => '0')).split('\n')[0]);
      },
      query: (sql) => query(postgres, sql),
      stop,
    };
  } catch (error) {
    await stop(false);
    throw error;
  }
}

async function faultedServer(
  n: number,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<FaultedServer> {
  const clock = programClock(path.join(folder, `clock${n}`));
  const port = String(await freePort());
  const data = path.join(folder, `data${n}`);
  await mkdir(data);
  const settings = {
    CONTRACTOR_PORT: port,
    CONTRACTOR_DATA: data,
    CONTRACTOR_ADMIN_PASSWORD: ADMIN_PASSWORD,
    CONTRACTOR_SECRET_KEY: Buffer.alloc(32, 'test').toString('base64'),
    CONTRACTOR_LEASE: String(LEASE_S),
    ...environment,
    ...clock?.environment,
  };
  const name = `server${n}`;
  const log = path.join(folder, `${name}.log`);
  const program = new SupervisedProgram(name, 'apps/contractor/src/main', settings, 'contractor listens', log);
  return { url: `http://127.0.0.1:${port}`, program, clock };
}

function agent(n: number, folder: string, environment: Readonly<Record<string, string>>): SupervisedProgram {
  const name = `agent${n}`;
  const settings = {
    SUBCONTRACTOR_SITE: SITE,
    SUBCONTRACTOR_NAME: name,
    SUBCONTRACTOR_MODULES: 'test:40',
    ...environment,
  };
  return new SupervisedProgram(
    name,
    'apps/subcontractor/src/main',
    settings,
    '"starting"',
    path.join(folder, `${name}.log`),
  );
}

async function query<Row>({ url }: EmbeddedPostgres, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end().catch(() => undefined);
  }
}
