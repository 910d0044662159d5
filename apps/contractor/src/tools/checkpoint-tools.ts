import { readFile, writeFile } from 'node:fs/promises';
import { systemClock } from '#event-store';
import type { CheckpointKeys, CheckpointRecord, OutsideKnowledge, SignedCheckpoint } from '#integrity';
import {
  checkpointKeys,
  CheckpointLedger,
  checkpointLine,
  CheckpointMaker,
  checkpointsIn,
  KnownCheckpoint,
  parseRecord,
  publicKeyIn,
  publicKeyPem,
  rotateCheckpointKey,
} from '#integrity';
import { silentLogger } from '#kernel';
import type { Environment } from '#runtime/settings';
import { keptSecretKey, Secrets } from '#secrets';
import type { Pool } from 'pg';
import { serverSettings } from '../settings.ts';
import type { OpenData } from './open-data.ts';
import { requireLog, withData } from './open-data.ts';

/** How many checkpoints are read at once. */
const PAGE = 1000;

/** A checkpoint for people. */
export interface ShownCheckpoint extends CheckpointRecord {
  readonly signature: string;
  readonly endorsement: string | null;
}

/** The files that somebody brings along who does not rely on the database. */
export interface OutsideFiles {
  /** Exported checkpoints. */
  readonly checkpoints: readonly string[];
  /** A public key: a file of PEM, or 32 bytes as base64url. */
  readonly key: string | undefined;
}

/** What stands in them. @throws Error naming the file that holds something else */
export async function outsideKnowledge({ checkpoints, key }: OutsideFiles): Promise<OutsideKnowledge> {
  const known: SignedCheckpoint[] = [];
  for (const file of checkpoints) known.push(...checkpointsIn(await readFile(file, 'utf8'), file));
  const text = key === undefined || /^[\w-]{43}$/.test(key) ? key : await readFile(key, 'utf8');
  return { checkpoints: known, key: text === undefined ? undefined : publicKeyIn(text) };
}

/** What this machine knows of the log outside the database; nothing where the database tells of no installation. */
export async function knownHere({
  settings,
  pool,
}: Pick<OpenData, 'settings' | 'pool'>): Promise<KnownCheckpoint | undefined> {
  const data = await installationData(pool);
  return data === undefined ? undefined : new KnownCheckpoint(settings.runtime.data, data);
}

async function installationData(pool: Pool): Promise<string | undefined> {
  const there = await pool.query<{ there: boolean }>(`SELECT to_regclass('ledger.installation') IS NOT NULL AS there`);
  if (there.rows[0]?.there !== true) return undefined;
  const { rows } = await pool.query<{ data: string }>('SELECT data::text AS data FROM ledger.installation');
  return rows[0]?.data;
}

/** @throws Error where servers have made none yet */
async function ledgerOf({ pool }: OpenData): Promise<CheckpointLedger> {
  const ledger = new CheckpointLedger(pool);
  if ((await ledger.isThere()) && (await ledger.find())) return ledger;
  throw new Error('the log is not signed yet: a server makes the first checkpoint minutes after it has started');
}

const shown = ({ record, signature, endorsement }: SignedCheckpoint): ShownCheckpoint => {
  const said = parseRecord(record);
  if (!said) throw new Error('a checkpoint cannot be read: contractor log verify');
  return { ...said, signature, endorsement };
};

/** One checkpoint: the last one unless a number is given. @throws Error where there is none */
export const showCheckpoint = (env: Environment, number?: number): Promise<ShownCheckpoint> =>
  withData(env, {}, async (data) => {
    const found = await (await ledgerOf(data)).find(number);
    if (!found) throw new Error(`there is no checkpoint ${number}`);
    return shown(found);
  });

/** Writes the last checkpoint, or all of them, into a file that is not there yet. @returns how many, and the last one */
export const exportCheckpoints = (
  env: Environment,
  { file, all }: { readonly file: string; readonly all: boolean },
): Promise<{ readonly count: number; readonly last: ShownCheckpoint }> =>
  withData(env, {}, async (data) => {
    const ledger = await ledgerOf(data);
    const found: SignedCheckpoint[] = [];
    if (all) {
      for (;;) {
        const page = await ledger.after(found.length, PAGE);
        found.push(...page);
        if (page.length < PAGE) break;
      }
    } else found.push(...[await ledger.find()].filter((one) => one !== undefined));
    const last = found.at(-1);
    if (!last) throw new Error('there is no checkpoint');
    await writeFile(file, found.map(checkpointLine).join(''), { flag: 'wx' });
    return { count: found.length, last: shown(last) };
  });

/** The public key that the server of these settings signs with, as PEM and as 32 bytes of base64url. */
export const showCheckpointKey = (env: Environment): Promise<{ readonly key: string; readonly pem: string }> =>
  withData(env, {}, async (data) => {
    const { publicKey } = (await checkpointKeysOf(data)).key;
    return { key: publicKey, pem: publicKeyPem(publicKey) };
  });

/** The keys that the server of these settings signs with. @throws Error where there is no secret key yet */
export async function checkpointKeysOf({ settings, pool }: OpenData): Promise<CheckpointKeys> {
  const { integrity, secrets, runtime } = settings;
  const secret = secrets.secretKey ?? (await keptSecretKey(runtime.data));
  if (!secret) throw new Error('there is no secret key yet: the first start of a server makes it');
  return checkpointKeys({
    set: integrity.checkpointKey,
    formerSet: integrity.checkpointKeyFormer,
    directory: runtime.data,
    made: new Secrets(pool, secret).derivedKey('checkpoints'),
  });
}

/** Makes a new key in the data directory; servers sign with it from their next start. @returns the new public key */
export async function rotateKey(env: Environment): Promise<string> {
  const { integrity, runtime } = serverSettings(env);
  if (integrity.checkpointKey) {
    throw new Error(
      'the key is in CONTRACTOR_CHECKPOINT_KEY: put it into CONTRACTOR_CHECKPOINT_KEY_FORMER, and a new one there',
    );
  }
  return rotateCheckpointKey(runtime.data);
}

/**
 * Signs the log as it is now, whatever this machine knows of an earlier one, and also where the key of the checkpoints
 * before is lost. @returns the new last checkpoint, and where what was known is kept
 */
export const acceptLog = (
  env: Environment,
): Promise<{ readonly last: ShownCheckpoint; readonly aside: string | undefined }> =>
  withData(env, {}, async (data) => {
    await requireLog(data);
    const known = await knownHere(data);
    if (!known) throw new Error('no server was ever started on this database');
    const { settings, pool, log } = data;
    const ledger = await CheckpointLedger.make(pool);
    const aside = await known.putAside();
    const keys = await checkpointKeysOf(data);
    const maker = new CheckpointMaker({
      store: log,
      adapter: settings.eventStore.eventStore,
      ledger,
      known,
      keys: () => keys,
      clock: systemClock(),
      log: silentLogger,
      everyEvents: settings.integrity.checkpointEvents,
      everyMs: 0,
      anyKey: true,
    });
    await maker.reconcile(new AbortController().signal);
    return {
      last: shown((await (await ledgerOf(data)).find()) ?? { record: '', signature: '', endorsement: null }),
      aside,
    };
  });
