import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** A file that may be given to whoever asks. */
export interface BootFile {
  /** Where it is, without links. */
  readonly file: string;
  /** In octets. */
  readonly size: number;
}

/** That there is no such file, or none that is given away. */
export interface NoBootFile {
  readonly outcome: 'missing' | 'refused';
  /** In words. */
  readonly reason: string;
}

/** Where Debian's package `ipxe` has its boot files. */
export const IPXE_FOLDER = '/usr/lib/ipxe';

/** The longest name of a file, in characters. */
const MAX_NAME = 512;
/** A file that everybody on the machine may read. */
const PUBLIC = 0o004;

/** What a boot file of iPXE is, by the end of its name: the first that is there. */
const IPXE_FILES: Readonly<Record<string, readonly string[]>> = {
  kpxe: ['undionly.kpxe'],
  efi: ['snponly.efi', 'ipxe.efi'],
};
/** Boot files that are named after a console; firmware shows BIOS and UEFI where it is set up to. */
const CONSOLE_FILE = /^(?:ipxe\/)?(?:console|ttyS\d)\.(kpxe|efi)$/;
/** Boot files under the names that the package has for them. */
const PACKAGE_FILE = /^(?:ipxe\/)?(undionly\.kpxe|snponly\.efi|ipxe\.efi)$/;

/** The folder that everybody may read over TFTP and HTTP, and the boot files of iPXE where it has none of their names. */
export class BootFiles {
  readonly #root: string | undefined;
  readonly #ipxe: string;

  /**
   * @param root undefined: there are the boot files of iPXE alone
   * @param ipxe the folder of iPXE's
   */
  constructor(root: string | undefined, ipxe: string = IPXE_FOLDER) {
    this.#root = root;
    this.#ipxe = ipxe;
  }

  /** The folders it looks in, the first one first. */
  get folders(): readonly string[] {
    return this.#root === undefined ? [this.#ipxe] : [this.#root, this.#ipxe];
  }

  /** Looks a file up by its name, with or without slashes before it. */
  async find(asked: string): Promise<BootFile | NoBootFile> {
    const name = asked.replace(/^\/+/, '');
    const fault = nameFault(name);
    if (fault !== undefined) return { outcome: 'refused', reason: fault };
    const own = this.#root === undefined ? undefined : await within(this.#root, name);
    if (own) return own;
    for (const candidate of ipxeNames(name)) {
      const found = await within(this.#ipxe, candidate);
      if (found) return found;
    }
    return { outcome: 'missing', reason: 'there is no such file' };
  }
}

/** What iPXE's folder calls a boot file, in the order in which they are tried. */
function ipxeNames(name: string): readonly string[] {
  const kind = CONSOLE_FILE.exec(name)?.[1];
  if (kind !== undefined) return IPXE_FILES[kind] ?? [];
  const [, file] = PACKAGE_FILE.exec(name) ?? [];
  return file === undefined ? [] : [file];
}

/** Why a name is none that is looked up; undefined: it is one. */
function nameFault(name: string): string | undefined {
  if (name === '') return 'no file is named';
  if (name.length > MAX_NAME) return `its name has more than ${MAX_NAME} characters`;
  // oxlint-disable-next-line no-control-regex -- a name may have none
  if (/[\u0000-\u001f\u007f\\]/.test(name)) return 'its name has characters that no file here has';
  const parts = name.split('/');
  if (parts.includes('..')) return 'it is outside the folder';
  if (parts.some((part) => part.startsWith('.'))) return 'hidden files are given to nobody';
  return undefined;
}

/** A file below a folder; undefined: there is none. Where a link leads out of the folder it is refused. */
async function within(folder: string, name: string): Promise<BootFile | NoBootFile | undefined> {
  let file: string;
  let about: Stats;
  try {
    const root = await realpath(folder);
    file = await realpath(path.join(root, name));
    if (!file.startsWith(root === '/' ? root : root + path.sep)) {
      return { outcome: 'refused', reason: 'a link leads out of the folder' };
    }
    about = await stat(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    return { outcome: 'refused', reason: `it cannot be looked at: ${code ?? String(error)}` };
  }
  if (!about.isFile()) return { outcome: 'missing', reason: 'it is no file' };
  if ((about.mode & PUBLIC) === 0) return { outcome: 'refused', reason: 'not everybody may read it' };
  return { file, size: about.size };
}
