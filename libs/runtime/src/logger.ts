import { createHash } from 'node:crypto';
import type { LoggerOptions, Logger as Pino } from 'pino';
import { pino } from 'pino';
import type { LogFields, Logger } from '#kernel';
import type { Mask } from './masking.ts';
import { hidden, masked, stacksOf } from './masking.ts';

/** How much is written: lines of a level and of those before it. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names of fields every line has; a field of the same name is written with a `_` behind it. */
const TAKEN = new Set(['time', 'level', 'message']);

const OPTIONS: LoggerOptions = {
  base: null,
  messageKey: 'message',
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (level) => ({ level }) },
};

/**
 * The logger of a program: one JSON object a line, with `time`, `level`, `message` and the fields of the line. Texts
 * under names that speak of a secret are masked at any depth.
 * @param write takes a whole line with its end; standard output, unless given
 * @param mask what stands in the place of a secret; a row of stars, unless given
 */
export function jsonLogger({
  write = (line) => void process.stdout.write(line),
  level = 'info',
  mask = hidden,
}: {
  readonly write?: (line: string) => void;
  readonly level?: LogLevel;
  readonly mask?: Mask;
} = {}): Logger {
  return loggerOver(pino({ ...OPTIONS, level }, { write }), mask);
}

/** A mask by which a secret is known again within one salt: a hash of it. */
export const hashed =
  (salt: string): Mask =>
  (text) =>
    `${salt}:${createHash('sha256').update(`${salt}:${text}`).digest('hex')}`;

function loggerOver(line: Pino, mask: Mask): Logger {
  const write = (level: LogLevel, message: string, fields: LogFields): void => {
    if (line.isLevelEnabled(level)) line[level](shown(fields, mask), message);
  };
  return {
    debug: (message, fields = {}) => write('debug', message, fields),
    info: (message, fields = {}) => write('info', message, fields),
    warn: (message, fields = {}) => write('warn', message, fields),
    error: (message, error, fields = {}) =>
      write('error', message, error === undefined ? fields : { ...fields, error: stacksOf(error) }),
    child: (fields) => loggerOver(line.child(shown(fields, mask)), mask),
  };
}

const shown = (fields: LogFields, mask: Mask): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(masked(fields, mask) as object).map(([key, value]) => [TAKEN.has(key) ? `${key}_` : key, value]),
  );
