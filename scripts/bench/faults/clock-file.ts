import { existsSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Where Debian and others put the library of `faketime`. */
const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu', '.']
  .flatMap((machine) => [path.join('/usr/lib', machine, 'faketime'), path.join('/usr/lib64', machine, 'faketime')])
  .map((folder) => path.join(folder, 'libfaketimeMT.so.1'));

/** The clock of one program, which can be set while it runs; that of the machine is never touched. */
export interface ProgramClock {
  /** What the program is to be started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** @param seconds how far it is ahead of the machine's; behind where negative */
  set(seconds: number): void;
}

/** @returns undefined where libfaketime is not installed */
export function programClock(file: string): ProgramClock | undefined {
  const library = LIBRARIES.find((candidate) => existsSync(candidate));
  if (library === undefined) return undefined;
  const set = (seconds: number): void => {
    writeFileSync(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(`${file}.new`, file);
  };
  set(0);
  return {
    set,
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_RESET: '1',
    },
  };
}
