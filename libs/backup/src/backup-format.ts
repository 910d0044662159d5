/**
 * A backup is a gzip of lines of JSON: the manifest; for each ledger its name and its rows; `{"log":true}` and the events;
 * the end record, with the counts and the checksum of every line before it. Rows are lists of texts, null where there is
 * none, as PostgreSQL writes the values with the settings of `TEXT_FORMS`.
 */
export const FORMAT = 'contractor-backup';

/** Version of the format. */
export const FORMAT_VERSION = 1;

/** The longest line, in characters: larger than any event or row. */
export const MAX_LINE = 128 * 1024 * 1024;

/** How PostgreSQL writes and reads values as texts, whatever its own settings are. */
export const TEXT_FORMS =
  "SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL timezone = 'UTC'; " +
  "SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = 0; " +
  'SET LOCAL idle_in_transaction_session_timeout = 0';

/** A column of a ledger, in words of PostgreSQL. */
export interface Column {
  readonly name: string;
  /** `character varying(10)`, `bigint`. */
  readonly type: string;
  readonly notNull: boolean;
  /** An expression; null: none. */
  readonly default: string | null;
  readonly identity: '' | 'a' | 'd';
}

/** A table of the schema `ledger`, as it can be made again. */
export interface LedgerTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Name and definition of its keys and rules. */
  readonly constraints: readonly { readonly name: string; readonly definition: string }[];
  /** Statements that make its other indexes. */
  readonly indexes: readonly string[];
}

/** A sequence of the schema `ledger`, by which ids are handed out. */
export interface LedgerSequence {
  readonly name: string;
  /** As text: up to 64 bits. */
  readonly last: string;
  readonly called: boolean;
  /** Made with a table, as the one of a column. */
  readonly owned: boolean;
}

/** How many live rows a read model has, and a number made of all of them. */
export interface ModelDigest {
  readonly name: string;
  readonly version: number;
  readonly rows: number;
  readonly hash: string;
}

/** What the read models were, for whoever makes them anew. */
export interface ReadModelsNoted {
  /** Position of the log they show. */
  readonly position: string;
  readonly models: readonly ModelDigest[];
}

/** What stands first in a backup. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly formatVersion: number;
  /** Version of the product that made it. */
  readonly product: string;
  /** ISO 8601. */
  readonly made: string;
  readonly eventStore: 'postgres' | 'kurrentdb';
  /** Version of PostgreSQL. */
  readonly postgres: string;
  readonly installation: string | null;
  /** Position of the last event. */
  readonly head: string;
  readonly tables: readonly LedgerTable[];
  readonly sequences: readonly LedgerSequence[];
  /** Null where there are none. */
  readonly readModels: ReadModelsNoted | null;
}

/** What stands last in a backup. */
export interface EndRecord {
  readonly end: true;
  readonly events: number;
  readonly streams: number;
  /** Rows by ledger. */
  readonly rows: Readonly<Record<string, number>>;
  /** SHA-256 over every line before, each with its line feed, in hexadecimal. */
  readonly sha256: string;
}

/** A file is no whole backup, or none that this version can read. */
export class UnusableBackup extends Error {}
