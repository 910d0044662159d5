import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** A program that functions of a module run, and the Debian package it is in. */
export interface NeededProgram {
  readonly program: string;
  readonly package: string;
}

/** A program that a module of an agent needs and does not find. */
export interface MissingProgram extends NeededProgram {
  readonly module: string;
}

/** Those of the programs that are in no directory of the search path. */
export async function missingPrograms<P extends NeededProgram>(
  needed: readonly P[],
  searchPath: string = process.env['PATH'] ?? '',
): Promise<P[]> {
  const directories = searchPath.split(path.delimiter).filter((directory) => directory !== '');
  const there = await Promise.all(needed.map(({ program }) => isThere(program, directories)));
  return needed.filter((_, index) => !there[index]);
}

async function isThere(program: string, directories: readonly string[]): Promise<boolean> {
  for (const directory of directories) {
    const found = await access(path.join(directory, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** What is to be done about programs that are missing, for the operator. */
export const installText = (missing: readonly NeededProgram[], agent: string): string =>
  missing
    .map((one) => `the program "${one.program}" is not on the agent ${agent}: install the package ${one.package}`)
    .join('; ');
