import { readdir, readFile, readlink } from 'node:fs/promises';
import { processorTime } from '../processor-time.ts';

/** How much processor time the programs in a network have had, also those that end meanwhile: as it was looked at last. */
export class ProgramTimes {
  readonly #network: string;
  readonly #seconds = new Map<string, number>();
  readonly #names = new Map<string, string>();

  /** @param network what `/proc/<pid>/ns/net` of them is */
  constructor(network: string) {
    this.#network = network;
  }

  async look(): Promise<void> {
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      if ((await readlink(`/proc/${pid}/ns/net`).catch(() => '')) !== this.#network) continue;
      const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
      const seconds = await processorTime(Number(pid));
      if (name === '' || seconds < (this.#seconds.get(pid) ?? 0)) continue;
      this.#names.set(pid, name);
      this.#seconds.set(pid, seconds);
    }
  }

  /** By the name of the program, in seconds, the most first; what has had less than a second is left out. */
  all(): readonly (readonly [name: string, seconds: number])[] {
    const sums = new Map<string, number>();
    for (const [pid, seconds] of this.#seconds) {
      const name = this.#names.get(pid) ?? '';
      sums.set(name, (sums.get(name) ?? 0) + seconds);
    }
    return [...sums].filter(([, seconds]) => seconds >= 1).toSorted(([, one], [, other]) => other - one);
  }
}
