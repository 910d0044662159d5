/** What a function of the host throws to steer the script that called it, and what the language throws itself. */
export abstract class Signal extends Error {
  /** What an external function wants kept although it throws; undefined leaves its state as it was. */
  kept?: unknown;

  /** It steers a script and tells nothing of where it was thrown: what it takes to find that out is spared. */
  constructor(message?: string) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** Keeps a state of the function that throws. */
  keeping(state: unknown): this {
    this.kept = state;
    return this;
  }
}

/** Stops the script until somebody resumes it; a function that throws it is asked again then. */
export class Pause extends Signal {
  override readonly name = 'Pause';
}

/** Stops the script in error until somebody resets it; a function that throws it is asked again then. */
export class ExecutionError extends Signal {
  override readonly name = 'ExecutionError';
}

/** Ends the script for good. */
export class Unrecoverable extends Signal {
  override readonly name = 'UnrecoverableError';
}

/** Ends the script for good: the language itself objects. Where it is told, the line is told with it. */
export class LanguageFault extends Unrecoverable {}

/** Ends the script for good: a parameter or an operand cannot be used. `line` only when the language itself objects. */
export class ParameterError extends Signal {
  override readonly name = 'ParamaterError';

  constructor(parameter: string, text: string, line?: number) {
    const place = line === undefined ? '' : ` line ${line}`;
    super(`Paramater Error paramater "${parameter}"${place}: ${text}`);
  }
}

/** Ends the script for good, except inside `exists`: a name, member, index or key that is not there. */
export class NotDefined extends Signal {
  override readonly name = 'NotDefinedError';

  constructor(what: string, line?: number) {
    super(`Not Defined "${what}"${line === undefined ? '' : ` line ${line}`}`);
  }
}

/** Ends this pass with a text; the function is asked again at the next one, at `wakeAt` (ms since epoch) if given. */
export class Interrupt extends Signal {
  override readonly name = 'Interrupt';

  constructor(
    message: string,
    readonly wakeAt?: number,
  ) {
    super(message);
  }
}

/** Thrown by the rollback of an external function that cannot be undone. */
export class NoRollback extends Signal {
  override readonly name = 'NoRollback';

  constructor(message = 'Rollback not possible') {
    super(message);
  }
}

/** The text of anything that was thrown. */
export function thrownText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The text of anything that ended a script at a line; what the language objects to names it. */
export const faultText = (thrown: unknown, line: number): string =>
  thrown instanceof LanguageFault ? `${thrown.message} at line ${line}` : thrownText(thrown);

/** The name of the kind of anything that was thrown. */
export function thrownName(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
