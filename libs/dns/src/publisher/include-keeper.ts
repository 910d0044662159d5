import path from 'node:path';
import type { Secondary, TransferKey } from './bind.settings.ts';
import { INCLUDE_FILE, includeText, KEY_FILE, keyText } from './include-file.ts';
import type { ZoneFiles } from './zone-files.ts';

/** The owner may read and write keys, and the group, to which BIND belongs, may read them. */
const KEY_MODE = 0o640;

/** Who may copy the zones. */
export interface Transfers {
  readonly secondaries: readonly Secondary[];
  readonly keys: readonly TransferKey[];
}

/** Keeps the file up to date that BIND includes, and the one with the keys. */
export class IncludeKeeper {
  readonly #files: ZoneFiles;
  readonly #transfers: Transfers;
  readonly #marks = new Map<string, string>();
  #text: string | undefined;

  constructor(files: ZoneFiles, transfers: Transfers) {
    this.#files = files;
    this.#transfers = transfers;
  }

  /** Nothing is known of the files any more. */
  forget(): void {
    this.#text = undefined;
    this.#marks.clear();
  }

  /** Whether the files are as they were written; those that are not are written anew. */
  async isIntact(): Promise<boolean> {
    for (const [name, mark] of this.#marks) {
      if ((await this.#files.markOf(path.join(this.#files.directory, name))) === mark) continue;
      this.#text = undefined;
      return false;
    }
    return true;
  }

  /** @param zones by name @returns whether BIND has to read the file anew */
  async keep(zones: readonly string[]): Promise<boolean> {
    const { secondaries, keys } = this.#transfers;
    const { directory } = this.#files;
    const text = includeText({
      directory,
      zones: new Map(zones.map((zone) => [zone, this.#files.fileOf(zone)])),
      secondaries,
      keys,
    });
    if (text === this.#text) return false;
    let changed = false;
    if (keys.length > 0) changed = await this.#write(KEY_FILE, keyText(keys), KEY_MODE);
    changed = (await this.#write(INCLUDE_FILE, text)) || changed;
    if (keys.length === 0) await this.#files.removeOther(KEY_FILE);
    this.#text = text;
    return changed;
  }

  async #write(name: string, text: string, mode?: number): Promise<boolean> {
    const same = await this.#files.matches(path.join(this.#files.directory, name), text);
    this.#marks.set(name, same ?? (await this.#files.write(name, text, mode)));
    return same === undefined;
  }
}
