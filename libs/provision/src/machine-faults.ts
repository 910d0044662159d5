import type { Fault, UnitOfWork } from '#kernel';

/** How many machines a fault names. */
const MAX_NAMED = 10;
/** How many faults are told, at most. */
const MAX_FAULTS = 100;

/** The fields of what machines are made of, as the parameters of the command are called. */
const FIELDS: Readonly<Record<string, string>> = {
  hostname: 'names',
  locator: 'names',
  foundation: 'foundation_blueprint',
  interface_map_list: 'interfaces',
  is_primary: 'address_block',
  networked: 'names',
  structure: 'names',
};

/** Names some of many, and how many more there are. */
export const someOf = (names: readonly string[]): string =>
  names.length <= MAX_NAMED
    ? names.join(', ')
    : `${names.slice(0, MAX_NAMED).join(', ')} and ${names.length - MAX_NAMED} more`;

/** Gathers what is wrong with machines: what is wrong with many of them is told once, with their names. */
export class MachineFaults {
  readonly #found = new Map<string, { readonly fault: Fault; readonly machines: string[] }>();

  get none(): boolean {
    return this.#found.size === 0;
  }

  add(machine: string, faults: readonly Fault[]): void {
    for (const fault of faults) {
      const key = JSON.stringify([fault.field, fault.code, fault.text, fault.path]);
      const known = this.#found.get(key);
      if (known) known.machines.push(machine);
      else this.#found.set(key, { fault, machines: [machine] });
    }
  }

  /** Each as a text, for people. */
  get texts(): readonly string[] {
    return [...this.#found.values()].map(({ fault, machines }) => `${someOf(machines)}: ${fault.rule ?? fault.text}`);
  }

  /** Notes them in the words of the command. */
  noteIn(work: UnitOfWork): void {
    for (const { fault, machines } of [...this.#found.values()].slice(0, MAX_FAULTS)) {
      const { field, code, text, rule, path } = fault;
      const told = `${someOf(machines)}: ${rule ?? text}`;
      work.fault(FIELDS[field] ?? field, code, told, path ?? '');
    }
  }
}
