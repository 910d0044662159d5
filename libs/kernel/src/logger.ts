/** What is told beside a message; what speaks of a secret is masked where it is written. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where a module says what happens. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` is written with its stack and those of its causes. */
  error(message: string, error: unknown, fields?: LogFields): void;
  /** A logger whose every line has these fields too, such as the id of a request. */
  child(fields: LogFields): Logger;
}

/** Says nothing to anybody. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
