import type { OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import type { Clock, LogFault } from '#event-store';
import { lockKey } from '#event-store';
import type { CommandMetadata, Logger } from '#kernel';
import { refuse } from '#kernel';
import type { OutsideKnowledge } from './checkpoint-chain.ts';
import type { KnownCheckpoint } from './known-checkpoint.ts';
import type { Signed } from './log-check.ts';
import type { LogToVerify, VerifiedLog, VerifyProgress } from './verify-log.ts';
import { verifyLog } from './verify-log.ts';

/** How many events are checked before requests get their turn again. */
const PAGE = 250;
/** Held by the one server on a database that verifies its log. */
const LOCK = lockKey('integrity.verification');

/** Who asked for it, and under which id. */
type Asked = Pick<CommandMetadata, 'request' | 'actor'>;

/** A verification under way. */
export interface VerificationUnderWay {
  /** The request that asked for it. */
  readonly id: string;
  readonly by: string;
  readonly began: string;
  /** Events checked so far. */
  readonly events: number;
  /** How far it is in the log, and where that ended when it began. */
  readonly position: number;
  readonly head: number;
}

/** How a verification ended. */
export interface VerificationEnded extends VerificationUnderWay {
  readonly outcome: 'whole' | 'damaged' | 'failed' | 'stopped';
  /** Why it failed, or who has stopped it. */
  readonly message: string | null;
  /** ISO 8601. */
  readonly ended: string;
  readonly streams: number | null;
  /** The first event that is not as it was written. */
  readonly fault: (Omit<LogFault, 'position'> & { readonly position: number }) | null;
  readonly signed: Signed | null;
}

export interface LogVerificationOptions extends LogToVerify {
  readonly pool: Pool;
  readonly known: Pick<KnownCheckpoint, 'read'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: LogToVerify['log'];
  readonly logger: Logger;
}

/**
 * Verifies the log of a running server in the background: one at a time on a database, whichever server is asked. Its course
 * is in memory, and goes with the process; nothing is changed by it.
 */
export class LogVerification implements OnApplicationShutdown {
  readonly #options: LogVerificationOptions;
  #underWay: VerificationUnderWay | undefined;
  #last: VerificationEnded | undefined;
  #stop: AbortController | undefined;
  #done: Promise<void> = Promise.resolve();

  constructor(options: LogVerificationOptions) {
    this.#options = options;
  }

  /** The one that this server is at. */
  get underWay(): VerificationUnderWay | null {
    return this.#underWay ?? null;
  }

  /** How the last one ended that this server was asked for. */
  get last(): VerificationEnded | null {
    return this.#last ?? null;
  }

  /**
   * Begins to verify the log.
   * @param given what who asks knows of it; what this machine knows counts, too
   * @returns its id @throws Refusal `VERIFY_UNDER_WAY`
   */
  async begin(given: OutsideKnowledge, { request: id, actor: by }: Asked): Promise<string> {
    const { pool, known, clock, logger } = this.#options;
    if (this.#underWay) throw refuse('', 'VERIFY_UNDER_WAY', 'the log is being verified already');
    this.#underWay = { id, by, began: clock.now(), events: 0, position: 0, head: 0 };
    let unlock: (() => Promise<void>) | undefined;
    try {
      unlock = await lockOf(pool);
      if (!unlock) throw refuse('', 'VERIFY_UNDER_WAY', 'another server on this database is verifying the log');
      const here = await known.read();
      const checkpoints = [...(here ? [here] : []), ...(given.checkpoints ?? [])];
      const stop = (this.#stop = new AbortController());
      logger.info('a verification of the log was asked for', { by, request: id });
      this.#done = this.#run({ ...given, checkpoints }, stop.signal).then(unlock);
    } catch (error) {
      this.#underWay = undefined;
      await unlock?.();
      throw error;
    }
    return id;
  }

  /** Ends the one under way, and waits until it has ended. @returns its id @throws Refusal where there is none here */
  async stop(by: string): Promise<string> {
    const { id } = this.#underWay ?? {};
    if (id === undefined || !this.#stop) throw refuse('', 'NOT_FOUND', 'this server is not verifying the log');
    this.#stop.abort(new Stopped(`stopped by ${by}`));
    await this.#done;
    return id;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop?.abort(new Stopped('the server stops'));
    await this.#done;
  }

  async #run(outside: OutsideKnowledge, signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    try {
      const found = await verifyLog(this.#options, outside, {
        page: PAGE,
        signal,
        onProgress: (progress) => this.#move(progress),
      });
      this.#end(found.fault ? 'damaged' : 'whole', found);
      if (found.fault) logger.error('the log is damaged', found.fault.text, { ...plain(found.fault) });
    } catch (error) {
      const { message } = error as Error;
      if (!(error instanceof Stopped)) logger.error('the log could not be verified', error);
      this.#end(error instanceof Stopped ? 'stopped' : 'failed', undefined, message);
    }
  }

  #move({ events, position, head }: VerifyProgress): void {
    if (this.#underWay) this.#underWay = { ...this.#underWay, events, position: Number(position), head: Number(head) };
  }

  #end(outcome: VerificationEnded['outcome'], found?: VerifiedLog, message: string | null = null): void {
    const course = this.#underWay;
    this.#underWay = undefined;
    this.#stop = undefined;
    if (!course) return;
    const { streams = null, fault, signed = null, events = course.events } = found ?? {};
    const ended = this.#options.clock.now();
    this.#last = { ...course, events, outcome, message, ended, streams, fault: fault ? plain(fault) : null, signed };
  }
}

/** Somebody has ended it. */
class Stopped extends Error {}

const plain = ({ position, ...fault }: LogFault) => ({ ...fault, position: Number(position) });

/** @returns lets it go; undefined: somebody else has it */
async function lockOf(pool: Pool): Promise<(() => Promise<void>) | undefined> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ got: boolean }>(`SELECT pg_try_advisory_lock(${LOCK}) AS got`);
    if (rows[0]?.got !== true) {
      client.release();
      return undefined;
    }
  } catch (error) {
    client.release(true);
    throw error;
  }
  return async () => {
    const isFree = await client.query(`SELECT pg_advisory_unlock(${LOCK})`).then(
      () => true,
      () => false,
    );
    // The lock ends with its connection.
    client.release(!isFree);
  };
}
