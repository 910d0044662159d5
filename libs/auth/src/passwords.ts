import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { OnModuleInit } from '@nestjs/common';
import type { Pool } from 'pg';
import { makeLedger } from '#read-store';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';
import { networkOf } from './source-network.ts';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** Cost of scrypt: 2^15 rounds of 8 blocks, 32 MiB. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
/** So many derivations at a time, and so many waiting: 64 MiB and a few seconds at the most. */
const AT_ONCE = 2;
const WAITING = 100;
/** The id no verifier has; looked up for those who have no password, so that this takes as long. */
const NONE = '00000000-0000-0000-0000-000000000000';

/** How long a password is at the least that somebody sets for somebody else. */
const SHORTEST = 8;

/** What such a password has to be. */
export const LENGTH_RULE = `must have at least ${SHORTEST} characters`;

/** Whether a password does not keep to `LENGTH_RULE`. */
export const isShort = (password: string): boolean => password.length < SHORTEST;

/**
 * What passwords are checked by: a ledger, so that it stands in no event and can be erased. Events name a verifier by
 * its id.
 */
export class Passwords implements OnModuleInit {
  readonly #pool: Pool;
  readonly #limiter: ConcurrencyLimiter;

  constructor(pool: Pool, limiter = new ConcurrencyLimiter(AT_ONCE, WAITING)) {
    this.#pool = pool;
    this.#limiter = limiter;
  }

  async onModuleInit(): Promise<void> {
    const table = 'CREATE TABLE IF NOT EXISTS ledger.passwords (id uuid PRIMARY KEY, verifier text NOT NULL)';
    await makeLedger(this.#pool, table);
  }

  /**
   * Keeps what a password is checked by.
   * @param source address of whoever asks; sources take turns
   * @returns its id
   * @throws Refusal where too much is to be derived
   */
  async keep(password: string, source: string): Promise<string> {
    const id = randomUUID();
    const salt = randomBytes(16);
    const hash = await this.#derive(password, salt, source);
    const verifier = `scrypt-15-8-1$${salt.toString('base64')}$${hash.toString('base64')}`;
    await this.#pool.query('INSERT INTO ledger.passwords VALUES ($1, $2)', [id, verifier]);
    return id;
  }

  /**
   * Whether this is the password; takes as long where there is none to check against.
   * @param source address of whoever asks; sources take turns
   * @throws Refusal where too much is to be derived
   */
  async matches(id: string | null | undefined, password: string, source: string): Promise<boolean> {
    const { rows } = await this.#pool.query<{ verifier: string }>({
      name: 'verifier',
      text: 'SELECT verifier FROM ledger.passwords WHERE id = $1',
      values: [id ?? NONE],
    });
    const [, salt = '', hash = ''] = (rows[0]?.verifier ?? '').split('$');
    const derived = await this.#derive(password, Buffer.from(salt, 'base64'), source);
    const expected = Buffer.from(hash, 'base64');
    return expected.length === derived.length && timingSafeEqual(expected, derived);
  }

  /** Erases what a password was checked by. */
  async erase(id: string | null | undefined): Promise<void> {
    if (id) await this.#pool.query('DELETE FROM ledger.passwords WHERE id = $1', [id]);
  }

  #derive(password: string, salt: Buffer, source: string): Promise<Buffer> {
    return this.#limiter.run(networkOf(source), () => derive(password, salt, 32, COST));
  }
}
