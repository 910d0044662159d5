import { AsyncLocalStorage } from 'node:async_hooks';
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import type { Json, SecretReference } from '#kernel';
import { parseStored, secretReference, writeJson } from '#kernel';
import { makeLedger } from '#read-store';
import type { SecretReadsOptions } from './secret-reads.ts';
import { SECRET_READS_TABLE, SecretReads } from './secret-reads.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.secrets (
  id uuid PRIMARY KEY,
  owner text NOT NULL,
  made timestamptz NOT NULL DEFAULT now(),
  erased timestamptz,
  value bytea
)`;
const INDEX = 'CREATE INDEX IF NOT EXISTS secrets_owner ON ledger.secrets (owner)';

/** Holds no secret, but tells whether the key is the one the others were encrypted with. */
const KEY_CHECK = '00000000-0000-0000-0000-000000000000';

/** Where the key comes from, for whoever has another one. */
const KEY_PLACE = 'that of CONTRACTOR_SECRET_KEY or, without it, of secret.key in the data directory';

/** The secrets of a database were encrypted with another key than the one that is given. */
export class WrongKey extends Error {}

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

/** Where the ids are noted of values that are kept for what may come to nothing. */
const notes = new AsyncLocalStorage<Set<string>>();
let noting = 0;

/**
 * The ledger of secrets: values encrypted with AES-256-GCM, each under an id of its own that events refer to. A value
 * never changes: a new one gets a new id, so what the log says of the past stays true. Erasing one erases it everywhere.
 */
export class Secrets {
  readonly #pool: Pool;
  readonly #key: Buffer;
  /** Who was handed secrets in clear text. */
  readonly reads: SecretReads;

  constructor(pool: Pool, key: Buffer, reads: SecretReadsOptions = {}) {
    this.#pool = pool;
    this.#key = key;
    this.reads = new SecretReads(pool, reads);
  }

  /**
   * Makes the ledger where there is none.
   * @throws WrongKey where the secrets in it were encrypted with another key
   */
  async start(): Promise<void> {
    await makeLedger(this.#pool, `${TABLE}; ${INDEX}; ${SECRET_READS_TABLE}`);
    await this.#insert(KEY_CHECK, 'the key of this ledger', KEY_CHECK);
    await this.read(secretReference(KEY_CHECK));
  }

  /** Whether this is the key of the secrets in the database, which is left as it is; undefined: there are none yet. */
  async fits(): Promise<boolean | undefined> {
    const there = await this.#pool.query<{ there: boolean }>(
      `SELECT to_regclass('ledger.secrets') IS NOT NULL AS there`,
    );
    if (there.rows[0]?.there !== true) return undefined;
    const { rowCount } = await this.#pool.query('SELECT 1 FROM ledger.secrets WHERE id = $1', [KEY_CHECK]);
    if (rowCount === 0) return undefined;
    try {
      await this.read(secretReference(KEY_CHECK));
      return true;
    } catch (error) {
      if (error instanceof WrongKey) return false;
      throw error;
    }
  }

  /**
   * Keeps a value, before the event that refers to it is appended.
   * @param owner what it belongs to, in words (`Site site1 db_password`): by this name all values are erased that it has
   * had
   * @param request id of the request it came with: worked out again, it keeps the same value under the same id
   */
  async keep(value: Json, owner: string, request: string): Promise<SecretReference> {
    const id = uuidOf(this.#hmac('id', writeJson([request, owner, value])));
    notes.getStore()?.add(id);
    await this.#insert(id, owner, value);
    return secretReference(id);
  }

  /** Does what may come to nothing; the ids of the values that it keeps are noted, for `drop`. */
  static async noting<T>(ids: Set<string>, task: () => Promise<T>): Promise<T> {
    noting += 1;
    try {
      return await notes.run(ids, task);
    } finally {
      noting -= 1;
      // It costs nothing while nobody notes anything.
      if (noting === 0) notes.disable();
    }
  }

  /** Drops values that no event refers to. */
  async drop(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#pool.query('DELETE FROM ledger.secrets WHERE id = ANY($1::uuid[])', [ids]);
  }

  /** The value of a secret. @throws Erased; WrongKey */
  async read({ $secret: id }: SecretReference): Promise<Json> {
    const { rows } = await this.#pool.query<{ value: Buffer | null }>(
      'SELECT value FROM ledger.secrets WHERE id = $1',
      [id],
    );
    const value = rows[0]?.value;
    if (!value) throw new Erased(id);
    return parseStored(this.#decrypt(id, value)) as Json;
  }

  /** Whether a secret has this value; one that was erased has none. */
  async holds(reference: SecretReference, value: Json): Promise<boolean> {
    try {
      return isDeepStrictEqual(await this.read(reference), value);
    } catch (error) {
      if (error instanceof Erased) return false;
      throw error;
    }
  }

  /** Whose a value is, or was before it was erased; undefined where there is none. */
  async ownerOf({ $secret: id }: SecretReference): Promise<string | undefined> {
    const { rows } = await this.#pool.query<{ owner: string }>('SELECT owner FROM ledger.secrets WHERE id = $1', [id]);
    return rows[0]?.owner;
  }

  /** How many values an owner has had that are not erased. */
  async count(owner: string): Promise<number> {
    const { rows } = await this.#pool.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM ledger.secrets WHERE owner = $1 AND value IS NOT NULL',
      [owner],
    );
    return rows[0]?.n ?? 0;
  }

  /** Forgets every value an owner has had, for good; whatever refers to one finds it erased. @returns how many */
  async erase(owner: string): Promise<number> {
    const { rowCount } = await this.#pool.query(
      'UPDATE ledger.secrets SET value = NULL, erased = now() WHERE owner = $1 AND value IS NOT NULL',
      [owner],
    );
    return rowCount ?? 0;
  }

  /** A mark by which a text is known again, and which tells nothing of it to those without the key. */
  mark(text: string): string {
    return this.#hmac('mark', text).toString('base64url');
  }

  #hmac(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.#key).update(`${purpose}\n${text}`).digest();
  }

  async #insert(id: string, owner: string, value: Json): Promise<void> {
    await this.#pool.query('INSERT INTO ledger.secrets (id, owner, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      id,
      owner,
      this.#encrypt(id, writeJson(value)),
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
      throw new WrongKey(`secret ${id} cannot be read: it was encrypted with another key than ${KEY_PLACE}`, {
        cause: error,
      });
    }
  }
}

/** A UUID of version 8 from random bytes. */
function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
