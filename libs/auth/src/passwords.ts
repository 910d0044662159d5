import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Pool } from 'pg';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** Cost of scrypt: 2^15 rounds of 8 blocks, 32 MiB. */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/**
 * What passwords are checked by: a ledger, so that it stands in no event and can be erased. Events name a verifier by
 * its id.
 */
export class Passwords {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async start(): Promise<void> {
    await this.#pool.query('CREATE SCHEMA IF NOT EXISTS ledger');
    await this.#pool.query('CREATE TABLE IF NOT EXISTS ledger.passwords (id uuid PRIMARY KEY, verifier text NOT NULL)');
  }

  /** Keeps what a password is checked by. @returns its id */
  async keep(password: string): Promise<string> {
    const id = randomUUID();
    await this.#pool.query('INSERT INTO ledger.passwords VALUES ($1, $2)', [id, await verifierOf(password)]);
    return id;
  }

  /** Whether this is the password; takes as long where there is none to check against. */
  async matches(id: string | undefined, password: string): Promise<boolean> {
    const { rows } = id
      ? await this.#pool.query<{ verifier: string }>('SELECT verifier FROM ledger.passwords WHERE id = $1', [id])
      : { rows: [] };
    const [, salt = '', hash = ''] = (rows[0]?.verifier ?? '').split('$');
    const derived = await derive(password, Buffer.from(salt, 'base64'), 32, COST);
    const expected = Buffer.from(hash, 'base64');
    return expected.length === derived.length && timingSafeEqual(expected, derived);
  }
}

async function verifierOf(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, 32, COST);
  return `scrypt-15-8-1$${salt.toString('base64')}$${hash.toString('base64')}`;
}
