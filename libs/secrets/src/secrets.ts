import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { SecretReference } from '#kernel';
import { secretReference } from '#kernel';
import { makeLedger } from '#read-store';

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.secrets (
  id uuid PRIMARY KEY,
  owner text NOT NULL,
  made timestamptz NOT NULL DEFAULT now(),
  erased timestamptz,
  value bytea
)`;

const NONCE = 12;
const TAG = 16;

/** A secret was asked for that has been erased. */
export class Erased extends Error {
  readonly id: string;

  constructor(id: string) {
    super(`secret ${id} has been erased`);
    this.name = 'Erased';
    this.id = id;
  }
}

/**
 * The ledger of secrets: values encrypted with AES-256-GCM, each under an id of its own that events refer to. A value
 * never changes: a new one gets a new id, so what the log says of the past stays true. Erasing one erases it everywhere.
 */
export class Secrets {
  readonly #pool: Pool;
  readonly #key: Buffer;

  constructor(pool: Pool, key: Buffer) {
    this.#pool = pool;
    this.#key = key;
  }

  async start(): Promise<void> {
    await makeLedger(this.#pool, TABLE);
  }

  /**
   * Keeps a value, before the event that refers to it is appended.
   * @param owner what it belongs to, in words (`Site site1`), for those who look after the ledger
   */
  async keep(value: string, owner: string): Promise<SecretReference> {
    const id = randomUUID();
    await this.#pool.query('INSERT INTO ledger.secrets (id, owner, value) VALUES ($1, $2, $3)', [
      id,
      owner,
      this.#encrypt(id, value),
    ]);
    return secretReference(id);
  }

  /** The value of a secret. @throws Erased; Error where it was encrypted with another key */
  async read({ $secret: id }: SecretReference): Promise<string> {
    const { rows } = await this.#pool.query<{ value: Buffer | null }>(
      'SELECT value FROM ledger.secrets WHERE id = $1',
      [id],
    );
    const value = rows[0]?.value;
    if (!value) throw new Erased(id);
    return this.#decrypt(id, value);
  }

  /** Forgets a value for good; whatever refers to it finds it erased. */
  async erase({ $secret: id }: SecretReference): Promise<void> {
    await this.#pool.query('UPDATE ledger.secrets SET value = NULL, erased = coalesce(erased, now()) WHERE id = $1', [
      id,
    ]);
  }

  #encrypt(id: string, value: string): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    // Bound to its id, so that values cannot be exchanged in the table.
    cipher.setAAD(Buffer.from(id));
    return Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  #decrypt(id: string, sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, NONCE));
    decipher.setAAD(Buffer.from(id));
    decipher.setAuthTag(sealed.subarray(-TAG));
    try {
      return decipher.update(sealed.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8');
    } catch (error) {
      throw new Error(`secret ${id} cannot be read: it was encrypted with another key`, { cause: error });
    }
  }
}
