/** Writes what happens: one JSON object per line on standard output, secrets masked. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** `error` is written with its causes and stack. */
  error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
}

const SECRET = /password|token|secret/i;

/** A copy in which every text under a key that speaks of a password, token or secret, however deep, is masked. */
export function masked(value: unknown, secret = false): unknown {
  if (typeof value === 'string') return secret ? '********' : value;
  // Positions of the log; JSON has no place for them.
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map((inner) => masked(inner, secret));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, masked(inner, secret || SECRET.test(key))]),
  );
}

function causes(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  return [error.stack ?? error.message, ...(error.cause === undefined ? [] : causes(error.cause))];
}

/** A log that hands finished lines to `write`. */
export function jsonLog(write: (line: string) => void): Log {
  const line = (level: string, message: string, fields: object): void =>
    write(JSON.stringify({ time: new Date().toISOString(), level, message, ...(masked(fields) as object) }));
  return {
    info: (message, fields = {}) => line('info', message, fields),
    warn: (message, fields = {}) => line('warn', message, fields),
    error: (message, error, fields = {}) => line('error', message, { ...fields, error: causes(error) }),
  };
}
