import { isAddressable, NAME } from '#api';
import type { Fault, UnitOfWork } from '#kernel';
import type { Placed, ResourceDefinition } from './resource-file.ts';

/** So many faults of files are told, and how many there are besides. */
export const MAX_FAULTS = 100;

/** A fault, found at a key of something in a file. */
type Found = Pick<Fault, 'code' | 'text'> & { readonly key: string };

/** Where the fields of the API stand in a file; the others have the same name there. */
const KEYS: Readonly<Record<string, string>> = {
  foundation_type_list: 'foundation_types',
  validation_template: 'template',
  parent_list: 'parents',
  name: '',
  blueprint: '',
  __all__: '',
};

/** Notes what is wrong with resource files in a unit of work, each fault with its file, line and key. */
export class ResourceFaults {
  readonly #work: UnitOfWork;
  #count = 0;

  constructor(work: UnitOfWork) {
    this.#work = work;
  }

  get count(): number {
    return this.#count;
  }

  /** A fault somewhere in a file. */
  at({ file, line, key, text }: Placed, code: string): void {
    this.#count += 1;
    if (this.#count > MAX_FAULTS) return;
    this.#work.fault(`${file}:${line}`, code, key === '' ? text : `${key}: ${text}`);
  }

  /** A fault of something that a file defines; on the line of its key unless said otherwise. */
  of(definition: ResourceDefinition, { key, code, text }: Found, line = lineOf(definition, key)): void {
    const { file, kind, name } = definition;
    this.at({ file, line, key: [kind, name, ...(key === '' ? [] : [key])].join('.'), text }, code);
  }

  /** Does a part of the work; what is found meanwhile are faults of something that a file defines. */
  async during(definition: ResourceDefinition, part: () => Promise<unknown>): Promise<void> {
    for (const { field, path, code, text } of await this.#work.faultsOf(part)) {
      const key = KEYS[field] ?? field;
      this.of(definition, { key: path === undefined ? key : `${key}.${path}`, code, text });
    }
  }

  /** What every field asks of a text: that it is there, and not too long. */
  checkText(definition: ResourceDefinition, key: string, value: string | undefined, most = Number.POSITIVE_INFINITY) {
    if (value === undefined || value === '') {
      this.of(definition, { key, code: 'BLANK', text: 'is missing or empty' });
    } else if (value.length > most && Array.from(value).length > most) {
      this.of(definition, { key, code: 'TOO_LONG', text: `is longer than ${most} characters` });
    }
  }

  /** @param pattern what the name has to be besides something that a URI can hold */
  checkName(definition: ResourceDefinition, most: number, pattern: RegExp = NAME): void {
    const { name } = definition;
    this.checkText(definition, '', name, most);
    if (!pattern.test(name) || !isAddressable(name)) {
      this.of(definition, { key: '', code: 'PATTERN', text: `"${name}" is no name` });
    }
  }

  /** Says how many faults were not told. */
  end(): void {
    const untold = this.#count - MAX_FAULTS;
    if (untold > 0) this.#work.fault('files', 'RESOURCE_FILE', `${untold} more faults`);
  }
}

/** The line of a key, or of the nearest one above it that has one. */
export function lineOf({ lines }: ResourceDefinition, key: string): number {
  for (let at = key; ; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const line = lines.get(at);
    if (line !== undefined || at === '') return line ?? 0;
  }
}
