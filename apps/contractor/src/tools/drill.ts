import type { Pool } from 'pg';
import type { ModelDigest, ReadModelsNoted, RestoredBackup } from '#backup';
import { readManifest, readModelDigests, restoreBackup } from '#backup';
import type { EventStore, Position } from '#event-store';
import { postgresEventStore } from '#event-store';
import { silentLogger } from '#kernel';
import { openReadStore } from '#read-store';
import type { ReadModel } from '#read-store';
import { databasePool } from '#runtime';
import type { Environment } from '#runtime/settings';
import { readSettings } from '#runtime/settings';
import { settingsTables } from '../settings.ts';
import type { ToolRun } from './log-tools.ts';
import { logUntil } from './log-until.ts';
import { scratchDatabase } from './scratch-database.ts';
import { serverModules } from './server-modules.ts';

/** How a read model came out of a drill: as noted in the backup or not, or of another version, and so of another shape. */
export type ModelOutcome = 'same' | 'different' | 'another version' | 'not noted' | 'no longer there';

export interface DrilledModel {
  readonly name: string;
  readonly outcome: ModelOutcome;
  /** Rows noted in the backup; null: none was. */
  readonly noted: number | null;
  readonly rebuilt: number | null;
}

/** What a drill has shown. */
export interface Drill {
  readonly restored: RestoredBackup;
  readonly models: readonly DrilledModel[];
  /** Rows that an event could not be folded into, by read model. */
  readonly quarantined: Readonly<Record<string, number>>;
  /** In milliseconds. */
  readonly restoreMs: number;
  readonly rebuildMs: number;
  /** Whether everything came out as it was. */
  readonly passed: boolean;
}

export interface DrillOptions extends ToolRun {
  readonly file: string;
  /** Address of a database on the server that is to hold the scratch database; an embedded one where nothing is said. */
  readonly database?: string | undefined;
  /** Where the embedded one is kept. */
  readonly folder?: string | undefined;
}

/**
 * Restores a backup into a database made for it, makes the read models from its log, compares them with what was noted
 * when the backup was made, and removes the database. It needs no settings of a server, and touches none.
 * @throws UnusableBackup
 */
export async function drill({ file, database, folder, onProgress, signal }: DrillOptions): Promise<Drill> {
  await readManifest(file);
  const scratch = await scratchDatabase(database, folder);
  const pool = databasePool({ connectionString: scratch.url, max: 8 }, silentLogger);
  try {
    const begun = performance.now();
    const restored = await restoreBackup({
      file,
      pool,
      damaged: true,
      signal,
      onProgress: ({ events, share }) => onProgress?.(`restored ${events} events, ${Math.floor(share * 100)} %`),
    });
    const middle = performance.now();
    const { models, quarantined } = await rebuild(pool, restored, onProgress, signal);
    const passed =
      restored.fault === undefined &&
      Object.keys(quarantined).length === 0 &&
      models.every(({ outcome }) => outcome !== 'different');
    const [restoreMs, rebuildMs] = [middle - begun, performance.now() - middle].map(Math.round);
    return { restored, models, quarantined, restoreMs: restoreMs ?? 0, rebuildMs: rebuildMs ?? 0, passed };
  } finally {
    await pool.end();
    await scratch.remove();
  }
}

async function rebuild(
  pool: Pool,
  { manifest }: RestoredBackup,
  onProgress: ToolRun['onProgress'],
  signal: AbortSignal | undefined,
): Promise<Pick<Drill, 'models' | 'quarantined'>> {
  const none: Environment = {};
  const store = await postgresEventStore(pool);
  try {
    const settings = { ...readSettings(settingsTables, none), inForce: [] };
    const { readModels, upcasters } = await serverModules(settings, pool, store);
    const project = async (log: EventStore, until: Position): Promise<Readonly<Record<string, number>>> => {
      const { projector } = openReadStore({
        store: log,
        pool,
        models: readModels,
        upcasters,
        onError: () => undefined,
        onProgress: ({ events, rate }) => onProgress?.(`rebuilt from ${events} events, ${Math.round(rate)}/s`),
      });
      await projector.start();
      try {
        while (!(await projector.caughtUp(until, 1000))) signal?.throwIfAborted();
        return Object.fromEntries([...projector.quarantined].map(([name, keys]) => [name, keys.size] as const));
      } finally {
        await projector.stop();
      }
    };
    const head = BigInt(manifest.head);
    const noted = manifest.readModels;
    // What was noted is as of a position that may be before the end of the log.
    const shown = noted === null ? head : BigInt(noted.position);
    await project(shown < head ? logUntil(store, shown) : store, shown);
    const models = compared(noted, await digestsOf(pool), readModels);
    const quarantined = Object.entries(await project(store, head)).filter(([, rows]) => rows > 0);
    return { models, quarantined: Object.fromEntries(quarantined) };
  } finally {
    await store.close();
  }
}

async function digestsOf(pool: Pool): Promise<readonly ModelDigest[]> {
  const client = await pool.connect();
  try {
    return (await readModelDigests(client))?.models ?? [];
  } finally {
    client.release();
  }
}

function compared(
  noted: ReadModelsNoted | null,
  rebuilt: readonly ModelDigest[],
  readModels: readonly ReadModel[],
): readonly DrilledModel[] {
  const names = new Set([...readModels.map(({ name }) => name), ...(noted?.models ?? []).map(({ name }) => name)]);
  return [...names].toSorted().map((name): DrilledModel => {
    const before = noted?.models.find((model) => model.name === name);
    const after = rebuilt.find((model) => model.name === name);
    return { name, outcome: outcomeOf(before, after), noted: before?.rows ?? null, rebuilt: after?.rows ?? null };
  });
}

function outcomeOf(noted: ModelDigest | undefined, rebuilt: ModelDigest | undefined): ModelOutcome {
  if (!rebuilt) return 'no longer there';
  if (!noted) return 'not noted';
  if (noted.version !== rebuilt.version) return 'another version';
  return noted.rows === rebuilt.rows && noted.hash === rebuilt.hash ? 'same' : 'different';
}
