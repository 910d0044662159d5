import type { ServerAddress } from './bind.settings.ts';
import type { RecordType } from '../record-text.ts';
import { inParallel } from './in-parallel.ts';
import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ZoneRecord } from './zone-records.ts';
import { comparable } from './zone-records.ts';

/** How many names are asked for at a time. */
const WIDTH = 20;
/** How long an answer may take, and how long all of them together may, in milliseconds. */
const ANSWER_TIMEOUT_MS = 1000;
const ALL_TIMEOUT_MS = 5000;

/** What a name server may answer where it has no such record. */
const NOTHING: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/** What was found out about records: whether each is served; undefined: that is not known. */
export interface AskedRecords {
  readonly served: readonly (boolean | undefined)[];
  /** When it was asked, ISO 8601. */
  readonly at: string;
  /** Why some of it is not known; null: all is. */
  readonly error: string | null;
}

/** Asks a name server over DNS for records, each name and type once, and holds the answers against them. */
export async function askForRecords(
  { host, port }: ServerAddress,
  records: readonly ZoneRecord[],
  { now, allTimeoutMs = ALL_TIMEOUT_MS }: { readonly now: string; readonly allTimeoutMs?: number },
): Promise<AskedRecords> {
  const limit = performance.now() + allTimeoutMs;
  const answers = new Map<string, ReadonlySet<string>>();
  let error: string | null = null;
  try {
    const { address, family } = await lookup(host);
    const resolver = new Resolver({ timeout: ANSWER_TIMEOUT_MS, tries: 1 });
    resolver.setServers([`${family === 6 ? `[${address}]` : address}:${port}`]);
    const asked = new Map(records.map((record) => [keyOf(record), record]));
    await inParallel([...asked], WIDTH, async ([key, { name, type }]) => {
      if (performance.now() >= limit) throw new Error(`not all of it was asked for within ${allTimeoutMs / 1000} s`);
      answers.set(key, await saidOf(resolver, name, type));
    });
  } catch (fault) {
    const { code, message } = fault as NodeJS.ErrnoException;
    error = `${isIP(host) === 6 ? `[${host}]` : host}:${port}: ${code ?? message}`;
  }
  const served = records.map((record) => answers.get(keyOf(record))?.has(comparable(record.type, record.data)));
  return { served, at: now, error };
}

const keyOf = ({ name, type }: ZoneRecord): string => `${type} ${name.toLowerCase()}`;

/** What a name server says of a name, in the form that can be compared. @throws what DNS says otherwise */
async function saidOf(resolver: Resolver, name: string, type: RecordType): Promise<ReadonlySet<string>> {
  try {
    return new Set((await ASK[type](resolver, name)).map((data) => (type === 'TXT' ? data : comparable(type, data))));
  } catch (error) {
    if (NOTHING.has((error as NodeJS.ErrnoException).code ?? '')) return new Set();
    throw error;
  }
}

/** How records of each type are asked for, in the form in which they are written. */
const ASK: Readonly<Record<RecordType, (resolver: Resolver, name: string) => Promise<readonly string[]>>> = {
  A: (resolver, name) => resolver.resolve4(name),
  AAAA: (resolver, name) => resolver.resolve6(name),
  NS: (resolver, name) => resolver.resolveNs(name),
  CNAME: (resolver, name) => resolver.resolveCname(name),
  PTR: (resolver, name) => resolver.resolvePtr(name),
  MX: async (resolver, name) =>
    (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`),
  SRV: async (resolver, name) =>
    (await resolver.resolveSrv(name)).map((one) => `${one.priority} ${one.weight} ${one.port} ${one.name}`),
  TXT: async (resolver, name) => (await resolver.resolveTxt(name)).map((pieces) => pieces.join('')),
};
