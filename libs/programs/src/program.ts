/** How a program is run. */
export interface ProgramOptions {
  /** It is killed after so many milliseconds. */
  readonly timeoutMs: number;
  /** It is killed when this aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Its environment, besides the search path and `LC_ALL=C`; nothing of our own environment reaches it. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it can read; nothing, unless given. */
  readonly input?: string;
  /** The directory it works in. */
  readonly cwd?: string;
  /** How much of what it writes is kept of each stream, in characters ({@link MAX_OUTPUT}). */
  readonly maxOutput?: number;
}

/** How a program ended. */
export interface ProgramResult {
  /** Its exit code; null where a signal ended it. */
  readonly code: number | null;
  /** The name of the signal that ended it (`SIGSEGV`). */
  readonly signal: string | null;
  /** The beginning of what it wrote. */
  readonly stdout: string;
  readonly stderr: string;
  /** It wrote more than was kept. */
  readonly cut: boolean;
}

/** How much of each stream is kept unless said otherwise, in characters. */
export const MAX_OUTPUT = 64 * 1024;

/**
 * Why a program did not run to its end: not installed, not startable, too slow, ended by a signal that nobody expected, or
 * the process that starts programs died.
 */
export type FailureKind = 'missing' | 'not-started' | 'late' | 'killed' | 'lost';

/** A program did not run, or not to its end. */
export class ProgramFailed extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.name = 'ProgramFailed';
    this.kind = kind;
  }
}

/** Debian puts some programs where only root looks. */
const MORE_DIRECTORIES = '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin';

/** The whole environment of a program. */
export const environmentOf = (env: ProgramOptions['env'] = {}): Readonly<Record<string, string>> => ({
  PATH: [process.env['PATH'], MORE_DIRECTORIES].filter(Boolean).join(':'),
  LC_ALL: 'C',
  ...env,
});
