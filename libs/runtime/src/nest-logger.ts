import type { LoggerService } from '@nestjs/common';
import type { Logger } from '#kernel';

/** A logger as the framework takes one. What the framework tells of its own start is of the level `debug`. */
export const nestLogger = (log: Logger): LoggerService => {
  const debug = (message: unknown, ...context: unknown[]): void => log.debug(String(message), fieldsOf(context));
  const error = (message: unknown, ...more: unknown[]): void => {
    // The framework gives an error, or its message, its stack and where it comes from.
    const [stack, ...context] = more.length > 1 ? more : [undefined, ...more];
    if (message instanceof Error) log.error(message.message, message, fieldsOf(more));
    else log.error(String(message), stack, fieldsOf(context));
  };
  return {
    log: debug,
    debug,
    verbose: debug,
    warn: (message: unknown, ...context: unknown[]) => log.warn(String(message), fieldsOf(context)),
    error,
    fatal: error,
  };
};

const fieldsOf = (context: readonly unknown[]): { readonly context?: unknown } => {
  const [only] = context;
  return context.length === 0 ? {} : { context: context.length === 1 ? only : context };
};
