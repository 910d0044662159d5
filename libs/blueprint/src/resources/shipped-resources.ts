import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Token of the resource files that other modules ship, as `URL`s. */
export const SHIPPED_RESOURCES = Symbol('SHIPPED_RESOURCES');

/** A resource file that comes with the server. */
export interface ShippedFile {
  /** Its name, without its ending: `manual`. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** What its first lines say of it. */
  readonly description: string;
}

/** The operating systems, and what all of them stand on. */
const OWN = ['base_os', 'disks', 'ubuntu', 'debian', 'centos', 'utility', 'demo'].map(
  (name) => new URL(`./shipped/${name}.toml`, import.meta.url),
);

/** Resource files that come with the server. */
export class ShippedResources {
  readonly #files: readonly URL[];

  /** @param others those of other modules; they build on the ones here */
  constructor(others: readonly URL[] = []) {
    this.#files = [...OWN, ...others];
  }

  /** All of them, in the order in which they build on each other. */
  list(): Promise<readonly ShippedFile[]> {
    return Promise.all(this.#files.map(read));
  }

  /** One by its name, with or without its ending; undefined where there is none. */
  async get(name: string): Promise<ShippedFile | undefined> {
    const url = this.#files.find((one) => [nameOf(one), `${nameOf(one)}.toml`].includes(name));
    return url && read(url);
  }
}

const nameOf = (url: URL): string => path.basename(url.pathname, '.toml');

async function read(url: URL): Promise<ShippedFile> {
  const text = await readFile(fileURLToPath(url), 'utf8');
  const [head = ''] = /^(?:#.*\n)*/.exec(text) ?? [];
  const description = head.replaceAll(/^# ?/gm, '').trim().replaceAll('\n', ' ');
  return { name: nameOf(url), file: path.basename(url.pathname), text, description };
}
