import type { SettingInForce } from './settings/settings-in-force.ts';

/** Injection token of the log of what happens (`Log`). */
export const LOGGER = Symbol('Logger');

/** Injection token of the connection pool of PostgreSQL (`Pool` of pg). */
export const DATABASE = Symbol('Database');

/** What a server knows of itself. */
export interface ServerFacts {
  /** The id of the installation. */
  readonly installation: string;
  /** When its process began, ISO 8601. */
  readonly started: string;
  readonly settings: readonly SettingInForce[];
}

/** Injection token of what the server knows of itself (`ServerFacts`). */
export const SERVER_FACTS = Symbol('ServerFacts');
