/** Injection token of the log of what happens (`Log`). */
export const LOGGER = Symbol('Logger');

/** Injection token of the connection pool of PostgreSQL (`Pool` of pg). */
export const DATABASE = Symbol('Database');
