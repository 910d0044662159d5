import { connectedServers, restoreUnderWay } from '#backup';
import type { Features } from '#event-sourcing';
import type { LogReader, Meta, Position } from '#event-store';
import { currentVersion } from '#event-store';
import { silentLogger } from '#kernel';
import { reasonOf } from '#runtime';
import { nodeFault, nodeNotice } from '#runtime/check-node';
import { CheckpointChain, CheckpointLedger } from '#integrity';
import type { Environment } from '#runtime/settings';
import { BadSetting, BadSettings } from '#runtime/settings';
import { productVersion } from '#runtime/version';
import { keptSecretKey } from '#secrets';
import { natsKey, natsServerInfo } from '#wire';
import { misspelt } from '../settings.ts';
import { keyState } from './backup-tools.ts';
import { checkpointKeysOf, knownHere } from './checkpoint-tools.ts';
import type { ToolRun } from './log-tools.ts';
import type { OpenData } from './open-data.ts';
import { withData } from './open-data.ts';
import { serverModules } from './server-modules.ts';

/** How something stands before this version is started: `changes` by itself, wants a `look`, or it would not work. */
export type CheckState = 'ok' | 'changes' | 'look' | 'fault';

export interface UpgradeCheck {
  readonly what: string;
  readonly state: CheckState;
  readonly text: string;
}

/** The oldest NATS server that will do. */
const OLDEST_NATS: readonly [number, number] = [2, 9];
/** How many events are read at once. */
const PAGE = 500;
/** How many names are told of a kind. */
const MAX_NAMES = 5;

/** Written by the log itself, for requests that may come again. */
const OF_THE_LOG = ['RequestCarriedOut'];

/**
 * Looks whether this version of the product fits what the settings of a server lead to, and what it would change there.
 * Nothing is changed; servers may run.
 */
export async function checkUpgrade(env: Environment, run: ToolRun = {}): Promise<readonly UpgradeCheck[]> {
  const checks: UpgradeCheck[] = [nodeCheck(process.versions.node)];
  for (const { name, meant } of misspelt(env)) {
    checks.push({ what: 'settings', state: 'look', text: `${name} is not a setting; did you mean ${meant}?` });
  }
  try {
    await withData(env, {}, async (data) => void checks.push(...(await dataChecks(data, run))));
  } catch (error) {
    run.signal?.throwIfAborted();
    const what = error instanceof BadSetting || error instanceof BadSettings ? 'settings' : 'data';
    checks.push({ what, state: 'fault', text: reasonOf(error) });
  }
  return checks;
}

function nodeCheck(version: string): UpgradeCheck {
  const [fault, notice] = [nodeFault(version), nodeNotice(version)];
  if (fault !== undefined) return { what: 'Node.js', state: 'fault', text: fault };
  return { what: 'Node.js', state: notice === undefined ? 'ok' : 'look', text: notice ?? version };
}

async function dataChecks(data: OpenData, run: ToolRun): Promise<readonly UpgradeCheck[]> {
  const { pool, settings } = data;
  const { rows } = await pool.query<{ version: string; log: boolean; models: boolean }>(
    `SELECT current_setting('server_version') AS version, to_regclass('log.events') IS NOT NULL AS log,
       to_regclass('read.models') IS NOT NULL AS models`,
  );
  const [{ version, log, models } = { version: '', log: false, models: false }] = rows;
  const checks: UpgradeCheck[] = [
    { what: 'settings', state: 'ok', text: `contractor ${productVersion()} can use them` },
    { what: 'PostgreSQL', state: 'ok', text: version },
  ];
  const servers = await connectedServers(pool);
  if (servers > 0) {
    checks.push({
      what: 'servers',
      state: 'look',
      text: `${servers} run on this database: stop them all, then start this version`,
    });
  }
  const unfinished = await restoreUnderWay(pool);
  if (unfinished !== undefined) {
    checks.push({ what: 'data', state: 'fault', text: `a restore was interrupted (backup made ${unfinished})` });
  }
  const ofKey = await keyCheck(data);
  checks.push(ofKey, await checkpointCheck(data, ofKey.state === 'fault'));
  const store = data.elsewhere ?? (log ? data.log : undefined);
  const features = await serverModules(settings, pool);
  if (store) checks.push(...(await logChecks(store, features, run)));
  else checks.push({ what: 'log', state: 'ok', text: 'there is none yet: the first start makes it' });
  if (models) checks.push(await modelCheck(data, features));
  if (settings.wire.natsUrl !== undefined) checks.push(await natsCheck(data));
  return checks;
}

async function keyCheck(data: OpenData): Promise<UpgradeCheck> {
  const what = 'secret key';
  const state = await keyState(data);
  if (state === 'another') return { what, state: 'fault', text: 'it is not the one of the secrets in this database' };
  return { what, state: 'ok', text: state === 'fits' ? 'it fits' : 'there is none yet: the first start makes it' };
}

/**
 * Whether the signed checkpoints follow one another, with the one that this machine knows of, and the key here is theirs. The
 * events are left to `contractor log verify`.
 */
async function checkpointCheck(data: OpenData, isOtherKey: boolean): Promise<UpgradeCheck> {
  const what = 'checkpoints';
  const ledger = new CheckpointLedger(data.pool);
  if (!(await ledger.isThere()))
    return { what, state: 'ok', text: 'there are none yet: a server that runs makes them' };
  const here = await (await knownHere(data))?.read();
  const chain = new CheckpointChain(ledger.source(), { checkpoints: here ? [here] : [] });
  for (let next = await chain.next(); next; next = await chain.next()) {
    if ('rule' in next) return { what, state: 'fault', text: `${next.text} (contractor log verify)` };
  }
  const { last } = chain;
  if (!last) return { what, state: 'ok', text: 'there are none yet: a server that runs makes them' };
  const text = `${last.checkpoint}, the last one over ${last.events} events up to ${last.position}`;
  if (isOtherKey) return { what, state: 'ok', text };
  const { key, former } = await checkpointKeysOf(data);
  if ([key, ...former].some(({ publicKey }) => publicKey === last.key)) return { what, state: 'ok', text };
  return {
    what,
    state: 'look',
    text: `${text}, signed with another key than the one here: nothing is signed until that is put right (docs/integrity.md)`,
  };
}

/** Names, the first few of them. */
const named = (names: readonly string[]): string =>
  names.length > MAX_NAMES
    ? `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more`
    : names.join(', ');

/** Whether every event of the log can be read: its type is known, and its shape is one of today or before. */
async function logChecks(log: LogReader, features: Features, { onProgress, signal }: ToolRun): Promise<UpgradeCheck[]> {
  const known = new Set([...features.deciders.flatMap(({ evolve }) => Object.keys(evolve)), ...OF_THE_LOG]);
  const [unknown, newer, older] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const head = await log.head();
  let events = 0;
  for (let at: Position = 0n; at < head;) {
    signal?.throwIfAborted();
    const page = await log.readAll(at, { limit: PAGE });
    if (page.end === at) break;
    at = page.end;
    for (const { type, meta } of page.events) {
      events += 1;
      const { v } = JSON.parse(meta) as Meta;
      const current = currentVersion(features.upcasters, type);
      if (!known.has(type)) unknown.add(type);
      else if (v > current) newer.add(type);
      else if (v < current) older.add(type);
    }
    onProgress?.(`looked at ${events} events`);
  }
  const what = 'log';
  const later = [...unknown, ...newer];
  if (later.length > 0) {
    return [
      { what, state: 'fault', text: `a later version has written events that this one cannot read: ${named(later)}` },
    ];
  }
  if (older.size === 0) return [{ what, state: 'ok', text: `${events} events, all in the shapes of this version` }];
  return [
    { what, state: 'ok', text: `${events} events; those in former shapes are read as ever: ${named([...older])}` },
  ];
}

/** Which read models the first start makes anew, because they are new or have another shape. */
async function modelCheck({ pool }: OpenData, { readModels }: Features): Promise<UpgradeCheck> {
  const what = 'read models';
  const { rows } = await pool.query<{ name: string; version: number }>('SELECT name, version FROM read.models');
  const there = new Map(rows.map(({ name, version }) => [name, version]));
  const anew = readModels.filter(({ name, version }) => there.get(name) !== version).map(({ name }) => name);
  const gone = [...there.keys()].filter((name) => !readModels.some((model) => model.name === name));
  if (anew.length + gone.length === 0) return { what, state: 'ok', text: `all ${there.size} as they are` };
  const texts = [
    ...(anew.length > 0 ? [`${anew.length} are made from the log: ${named(anew)}`] : []),
    ...(gone.length > 0 ? [`${gone.length} are removed: ${named(gone)}`] : []),
  ];
  return { what, state: 'changes', text: texts.join('; ') };
}

async function natsCheck({ settings, pool }: OpenData): Promise<UpgradeCheck> {
  const what = 'NATS';
  const { wire, secrets, runtime } = settings;
  try {
    const key = secrets.secretKey ?? (await keptSecretKey(runtime.data)) ?? Buffer.alloc(0);
    const found = await pool
      .query<{ id: string; data: string }>('SELECT id, data::text AS data FROM ledger.installation')
      .catch(() => ({ rows: [] }));
    const installation = found.rows[0] ?? { id: 'none', data: 'none' };
    const { seed } = natsKey(Buffer.concat([key, Buffer.from(installation.data)]));
    const { version, jetstream } = await natsServerInfo({
      servers: wire.natsUrl ?? '',
      ...wire.natsTransport,
      name: 'contractor-tools',
      log: silentLogger,
      installation,
      seed,
    });
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const fits = major > OLDEST_NATS[0] || (major === OLDEST_NATS[0] && minor >= OLDEST_NATS[1]);
    if (!fits) return { what, state: 'fault', text: `${version} is too old: ${OLDEST_NATS.join('.')} or newer` };
    if (!jetstream)
      return { what, state: 'fault', text: `${version} has no JetStream: its configuration needs jetstream { … }` };
    return { what, state: 'ok', text: version };
  } catch (error) {
    return { what, state: 'fault', text: `it does not answer, or does not let the server in: ${reasonOf(error)}` };
  }
}
