import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { makeLedger } from '#read-store';
import { endOfErased, erasedName, isPersonId, newPersonId, PERSON_IDS, PERSON_PREFIX } from './person-id.ts';
import { open, seal } from './sealing.ts';

const TABLE = `CREATE TABLE IF NOT EXISTS ledger.people (
  id text COLLATE "C" PRIMARY KEY,
  made timestamptz NOT NULL DEFAULT now(),
  used boolean NOT NULL DEFAULT false,
  erased timestamptz,
  lookup bytea UNIQUE,
  key bytea,
  name bytea
)`;

/** What is told of a sealed text of somebody who was erased. */
const ERASED_TEXT = 'erased';

/** How many people are kept in memory; the others are looked up. About 5 MB. */
const MAX_KNOWN = 10_000;
/** How long what is known of one is relied on, in milliseconds; erasures are heard of at once besides. */
const KNOWN_MS = 60_000;
/** How many are looked up at once. */
const PAGE = 1000;

/** What is known of an id: whose it is; that they were erased; or that it is the id of nobody. */
type Known =
  | { readonly state: 'named'; readonly name: string; readonly key: Buffer }
  | { readonly state: 'erased' }
  | { readonly state: 'nobody' };

interface Row {
  readonly id: string;
  readonly key: Buffer | null;
  readonly name: Buffer | null;
}

const ERASED: Known = { state: 'erased' };
const NOBODY: Known = { state: 'nobody' };

export interface PeopleOptions {
  /** How many are kept in memory. */
  readonly maxKnown?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * The ledger of who people are: login names by the ids that stand for them in the log, in the rows and in other ledgers.
 * Each name is encrypted with a key of its own, and so is what else would tell who it was. Erasing one destroys both: from
 * then on an id tells no more than that the same person did several things.
 */
export class People {
  readonly #pool: Pool;
  readonly #key: Buffer;
  readonly #now: () => number;
  readonly #known: LRUCache<string, Known>;
  readonly #ids: LRUCache<string, string>;

  /** @param key 32 bytes that the keys of people are encrypted with */
  constructor(pool: Pool, key: Buffer, { maxKnown = MAX_KNOWN, now = Date.now }: PeopleOptions = {}) {
    this.#pool = pool;
    this.#key = key;
    this.#now = now;
    this.#known = new LRUCache({ max: maxKnown, ttl: KNOWN_MS });
    this.#ids = new LRUCache({ max: maxKnown, ttl: KNOWN_MS });
  }

  /** Makes the ledger where there is none. */
  onModuleInit(): Promise<void> {
    return makeLedger(this.#pool, TABLE);
  }

  /** The id that stands for a login name; undefined: the name stands for itself, or nobody has it. */
  async idOf(name: string): Promise<string | undefined> {
    const kept = this.#ids.get(name);
    if (kept !== undefined && this.#known.get(kept)?.state !== 'erased') return kept;
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'person of a name',
      text: 'SELECT id FROM ledger.people WHERE lookup = $1 AND used',
      values: [this.#lookup(name)],
    });
    const id = rows[0]?.id;
    // Who was erased stays forgotten.
    if (id === undefined || this.#known.get(id)?.state === 'erased') return undefined;
    this.#ids.set(name, id);
    return id;
  }

  /** All that may stand for somebody inside who is called so outside: for who looks for what they did. */
  async allInside(called: string): Promise<readonly string[]> {
    return [...new Set([await this.inside(called), called])];
  }

  /**
   * What stands for somebody inside, by what they are called outside: the id for a login name, and for what is told of
   * people who were erased; any other text stands for itself.
   */
  async inside(called: string): Promise<string> {
    const end = endOfErased(called);
    if (end === undefined) return (await this.idOf(called)) ?? called;
    const { rows } = await this.#pool.query<{ id: string }>(
      'SELECT id FROM ledger.people WHERE erased IS NOT NULL AND right(id, $2) = $1 ORDER BY id LIMIT 1',
      [end, end.length],
    );
    return rows[0]?.id ?? called;
  }

  /**
   * The id that is to stand for a login name: a new one, unless it has one. It does so once somebody has the name, and is dropped where nobody comes to have the
   * name; see `markUsed`.
   */
  async keep(name: string): Promise<string> {
    const id = newPersonId(this.#now());
    const key = randomBytes(32);
    for (;;) {
      const { rows } = await this.#pool.query<{ id: string }>(
        `INSERT INTO ledger.people (id, lookup, key, name) VALUES ($1, $2, $3, $4)
         ON CONFLICT (lookup) DO UPDATE SET made = now() RETURNING id`,
        [id, this.#lookup(name), seal(this.#key, id, key), seal(key, id, Buffer.from(name))],
      );
      const kept = rows[0]?.id ?? id;
      if (this.#known.get(kept)?.state !== 'erased') return kept;
      // The log says already that they are erased.
      await this.erase(kept);
    }
  }

  /** Notes that somebody has the name which an id stands for. */
  async markUsed(id: string): Promise<void> {
    await this.#pool.query('UPDATE ledger.people SET used = true WHERE id = $1 AND NOT used', [id]);
  }

  /** Some ids of which it is not known that anybody has the name. */
  async unused(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      'SELECT id FROM ledger.people WHERE NOT used AND erased IS NULL ORDER BY id LIMIT $1',
      [PAGE],
    );
    return rows.map(({ id }) => id);
  }

  /** Drops an id that nobody came to have the name of, unless it was kept again since. */
  async drop(id: string, before: Date): Promise<void> {
    const text = 'DELETE FROM ledger.people WHERE id = $1 AND NOT used AND erased IS NULL AND made < $2 RETURNING id';
    const { rowCount } = await this.#pool.query(text, [id, before]);
    if (rowCount === 1) this.forget(id);
  }

  /** Seals a text that would tell who somebody is, so that it goes with them; of others it is left as it is. */
  async seal(id: string, text: string): Promise<string> {
    const known = isPersonId(id) ? (await this.#load([id])).get(id) : undefined;
    if (known?.state !== 'named') return text;
    return `${id}~${seal(known.key, id, Buffer.from(text)).toString('base64url')}`;
  }

  /** A text as it is told: with the names of people, and what was sealed for them, in the places of their ids. */
  async shown(text: string): Promise<string> {
    const atOnce = this.shownAtOnce(text);
    if (atOnce !== undefined) return atOnce;
    const found = await this.#load(idsIn(text));
    return replaced(text, (id) => found.get(id)) ?? text;
  }

  /** The same, where it can be told without a look into the ledger; undefined: it cannot. */
  shownAtOnce(text: string): string | undefined {
    return text.includes(PERSON_PREFIX) ? replaced(text, (id) => this.#known.get(id)) : text;
  }

  /** Erases who somebody was; it does no harm to do so twice. */
  async erase(id: string): Promise<void> {
    const text =
      'UPDATE ledger.people SET lookup = NULL, key = NULL, name = NULL, erased = now() WHERE id = $1 AND erased IS NULL';
    await this.#pool.query(text, [id]);
    this.forget(id);
  }

  /** Forgets who somebody was, as soon as it is heard that they are erased. */
  forget(id: string): void {
    this.#known.set(id, ERASED);
  }

  /** The ids of those who were erased, in their order. */
  async erased(): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      'SELECT id FROM ledger.people WHERE erased IS NOT NULL ORDER BY id',
    );
    return rows.map(({ id }) => id);
  }

  /** Whether an id stands for somebody, or did before they were erased. */
  async has(id: string): Promise<boolean> {
    return (await this.#load([id])).get(id)?.state !== 'nobody';
  }

  /** Which of these are in the ledger and not erased. */
  async stillNamed(ids: readonly string[]): Promise<readonly string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      'SELECT id FROM ledger.people WHERE erased IS NULL AND id = ANY($1) ORDER BY id',
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  /** What is known of ids; those that are not in memory are looked up. */
  async #load(ids: readonly string[]): Promise<ReadonlyMap<string, Known>> {
    const found = new Map<string, Known>();
    const missing: string[] = [];
    for (const id of ids) {
      const known = this.#known.get(id);
      if (known) found.set(id, known);
      else missing.push(id);
    }
    for (let n = 0; n < missing.length; n += PAGE) {
      const asked = missing.slice(n, n + PAGE);
      const { rows } = await this.#pool.query<Row>({
        name: 'names of people',
        text: 'SELECT id, key, name FROM ledger.people WHERE id = ANY($1)',
        values: [asked],
      });
      const byId = new Map(rows.map((row) => [row.id, row]));
      for (const id of asked) {
        // What was heard meanwhile is newer than what was read.
        const known = this.#known.get(id) ?? this.#read(byId.get(id));
        this.#known.set(id, known);
        found.set(id, known);
      }
    }
    return found;
  }

  #read(row: Row | undefined): Known {
    if (!row) return NOBODY;
    if (!row.key || !row.name) return ERASED;
    const key = open(this.#key, row.id, row.key);
    return { state: 'named', name: open(key, row.id, row.name).toString(), key };
  }

  #lookup(name: string): Buffer {
    return createHmac('sha256', this.#key).update(`name\n${name}`).digest();
  }
}

/** The ids of those who were erased, in a database whose server may never have known any. */
export async function erasedIn(pool: Pool): Promise<readonly string[]> {
  return (await hasPeople(pool)) ? new People(pool, Buffer.alloc(0)).erased() : [];
}

/** Which of these a database knows by name. */
export async function namedIn(pool: Pool, ids: readonly string[]): Promise<readonly string[]> {
  return (await hasPeople(pool)) ? new People(pool, Buffer.alloc(0)).stillNamed(ids) : [];
}

async function hasPeople(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ there: boolean }>(`SELECT to_regclass('ledger.people') IS NOT NULL AS there`);
  return rows[0]?.there === true;
}

const idsIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(PERSON_IDS), ([found]) => found.split('~', 1)[0] ?? '')),
];

/** A text with what ids stand for in their places; undefined where one is not known. */
function replaced(text: string, knownOf: (id: string) => Known | undefined): string | undefined {
  let isWhole = true;
  const shown = text.replace(PERSON_IDS, (found) => {
    const [id = '', sealed] = found.split('~');
    const known = knownOf(id);
    if (!known) isWhole = false;
    return known ? told(found, id, sealed, known) : found;
  });
  return isWhole ? shown : undefined;
}

function told(found: string, id: string, sealed: string | undefined, known: Known): string {
  if (known.state === 'nobody') return found;
  if (known.state === 'erased') return sealed === undefined ? erasedName(id) : ERASED_TEXT;
  if (sealed === undefined) return known.name;
  try {
    return open(known.key, id, Buffer.from(sealed, 'base64url')).toString();
  } catch {
    // Nobody has sealed this: it only looks like it.
    return found;
  }
}
