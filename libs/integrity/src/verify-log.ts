import type { Pool } from 'pg';
import type { LogFault, LogReader, Position } from '#event-store';
import { postgresLogFault } from '#event-store';
import type { OutsideKnowledge } from './checkpoint-chain.ts';
import { CheckpointLedger } from './checkpoint-ledger.ts';
import type { LogAdapter } from './checkpoint-record.ts';
import type { Signed } from './log-check.ts';
import { LogCheck } from './log-check.ts';

/** How many events are read at once unless said. */
const PAGE = 2000;

/** A log, and the database with its checkpoints. */
export interface LogToVerify {
  readonly log: Pick<LogReader, 'head' | 'readAll' | 'readStream'>;
  readonly pool: Pool;
  readonly adapter: LogAdapter;
}

/** How far a check has come. */
export interface VerifyProgress {
  readonly events: number;
  readonly position: Position;
  /** Where the log ended when it began. */
  readonly head: Position;
}

export interface VerifyOptions {
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How many events are read, and checked without a pause, at once. */
  readonly page?: number;
}

/** What a check of the log has found. */
export interface VerifiedLog {
  readonly events: number;
  readonly streams: number;
  /** Where the log ended when it began. */
  readonly head: Position;
  /** The first one; undefined: the log is whole. */
  readonly fault: LogFault | undefined;
  /** What its signed checkpoints say. */
  readonly signed: Signed;
}

/**
 * Checks every event of a log, which may go on growing meanwhile: see `LogCheck`. It stops at the first fault.
 * @param outside what is known of the log outside its database
 */
export async function verifyLog(
  { log, pool, adapter }: LogToVerify,
  outside: OutsideKnowledge,
  { onProgress, signal, page = PAGE }: VerifyOptions = {},
): Promise<VerifiedLog> {
  const ledger = new CheckpointLedger(pool);
  const isSigned = await ledger.isThere();
  const head = await log.head();
  const check = new LogCheck({
    outside,
    positions: adapter === 'postgres',
    ...(isSigned ? { checkpoints: ledger.source() } : {}),
    find: async (stream, from) => (await log.readStream(stream, { from, limit: 1 }))[0],
  });
  const read = (after: Position) => log.readAll(after, { limit: page });
  let fault: LogFault | undefined;
  // The next page is fetched while one is checked.
  let next = read(0n);
  for (let at: Position = 0n; !fault;) {
    signal?.throwIfAborted();
    let { events, end } = await next;
    // What has come since that was read may be signed by now.
    if (end === at) ({ events, end } = await read(at));
    if (end === at) break;
    at = end;
    next = read(at);
    next.catch(() => undefined);
    fault = await check.check(events);
    onProgress?.({ events: check.events, position: at, head });
  }
  await next;
  const { fault: last, signed } = await check.finish();
  fault ??= last;
  if (adapter === 'postgres') fault = withStream(fault, await postgresLogFault(pool));
  return { events: check.events, streams: check.streams, head, fault, signed };
}

/** Whose event was removed may be known where streams are noted. */
function withStream(fault: LogFault | undefined, noted: LogFault | undefined): LogFault | undefined {
  if (fault?.rule !== 'REMOVED' || fault.stream !== '' || noted?.rule !== 'STREAM') return fault ?? noted;
  return { ...fault, stream: noted.stream, revision: noted.revision + 1 };
}
