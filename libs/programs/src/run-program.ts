import path from 'node:path';
import { traced } from '#kernel';
import { ProgramLauncher } from './launcher.ts';
import type { ProgramOptions, ProgramResult } from './program.ts';

/** A process has one launcher, made with the first program it runs. */
const launcher = new ProgramLauncher();

/**
 * Runs a program without a shell, from the launcher of this process, and resolves when it has ended, whatever its exit code.
 * @throws ProgramFailed; the reason of the signal
 */
export const runProgram = (program: string, args: readonly string[], options: ProgramOptions): Promise<ProgramResult> =>
  traced(`program ${path.basename(program)}`, { kind: 'client' }, () => launcher.run(program, args, options));
