import type { LogFields, Logger } from '#kernel';

/** A line of a log, with its fields beside level and message. */
export interface RecordedLine extends LogFields {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}

/** A logger that keeps what it is told, as it is told; an error stands in the field `error`. */
export function recordedLog(): { readonly log: Logger; readonly lines: readonly RecordedLine[] } {
  const lines: RecordedLine[] = [];
  const over = (always: LogFields): Logger => {
    const note =
      (level: RecordedLine['level']) =>
      (message: string, fields: LogFields = {}) =>
        void lines.push({ level, message, ...always, ...fields });
    return {
      debug: note('debug'),
      info: note('info'),
      warn: note('warn'),
      error: (message, error, fields) => note('error')(message, { error, ...fields }),
      child: (fields) => over({ ...always, ...fields }),
    };
  };
  return { log: over({}), lines };
}
