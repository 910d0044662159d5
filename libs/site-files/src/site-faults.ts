import type { Placed } from '#blueprint';
import { MAX_FAULTS } from '#blueprint';
import type { Fault, UnitOfWork } from '#kernel';
import { Refusal } from '#kernel';
import type { Definition } from './definition.ts';
import { keyOf } from './object-kinds.ts';

/** Notes what is wrong with site files in a unit of work, each fault with its file, line and key. */
export class SiteFaults {
  readonly #work: UnitOfWork;
  readonly #found: (Placed & { readonly code: string })[] = [];

  constructor(work: UnitOfWork) {
    this.#work = work;
  }

  get count(): number {
    return this.#found.length;
  }

  /** A fault somewhere in a file. */
  at(placed: Placed, code: string): void {
    this.#found.push({ ...placed, code });
  }

  /** A fault of an object, on the line of its key. */
  of(definition: Definition, key: string, code: string, text: string): void {
    const { file, path } = definition;
    this.at({ file, line: lineOf(definition, key), key: key === '' ? path : `${path}.${key}`, text }, code);
  }

  /**
   * Does a part of the work; what is found meanwhile are faults of an object.
   * @param untold fields of the API whose faults have been told already
   * @returns whether there were none
   */
  async during(definition: Definition, untold: ReadonlySet<string>, part: () => Promise<unknown>): Promise<boolean> {
    const faults = await this.#work.faultsOf(async () => {
      try {
        await part();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        for (const fault of error.faults) this.#work.fault(fault.field, fault.code, fault.text, fault);
      }
    });
    for (const fault of faults) if (!untold.has(fault.field)) this.#told(definition, fault);
    return faults.length === 0;
  }

  #told(definition: Definition, { field, path, code, text, rule }: Fault): void {
    const key = field === '' || field === '__all__' ? '' : (keyOf(definition.kind, field) ?? '');
    this.of(definition, path === undefined ? key : `${key}.${path}`, code, rule ?? text);
  }

  /**
   * Notes them in the unit of work, the first 100 in the order of the files and their lines, and how many there are besides.
   * @param files names of files, in their order
   */
  end(files: readonly string[]): void {
    const sorted = this.#found.toSorted(
      (one, other) => files.indexOf(one.file) - files.indexOf(other.file) || one.line - other.line,
    );
    for (const { file, line, key, code, text } of sorted.slice(0, MAX_FAULTS)) {
      this.#work.fault(`${file}:${line}`, code, key === '' ? text : `${key}: ${text}`);
    }
    const untold = sorted.length - MAX_FAULTS;
    if (untold > 0) this.#work.fault('files', 'RESOURCE_FILE', `${untold} more faults`);
  }
}

/** The line of a key, or of the nearest one above it that has one. */
function lineOf({ lines }: Definition, key: string): number {
  for (let at = key; ; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const line = lines.get(at);
    if (line !== undefined || at === '') return line ?? 0;
  }
}
