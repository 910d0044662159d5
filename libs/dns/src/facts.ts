import type { Service, Timers } from '#directory';

/** What zones are made of: of each row, what a zone can show. */
export interface ZoneFact {
  readonly name: string;
  readonly parent: number | null;
  readonly timers: Timers;
}

export interface EntryFact {
  readonly zone: number | null;
  readonly name: string;
  readonly service: Service;
  readonly target: string;
}

export interface SiteFact {
  readonly zone: number | null;
}

export interface HostFact {
  readonly hostname: string;
  readonly site: string;
}

export interface StructureFact {
  /** Locator. */
  readonly foundation: string;
}

/** An interface of whichever kind. */
export interface InterfaceFact {
  /** What it is an interface of, see {@link ownerKey}. */
  readonly owner: string;
  readonly name: string;
  readonly network: number;
}

export interface AddressFact {
  readonly block: number | null;
  /** Decimal text. */
  readonly offset: string | null;
  readonly holder: number | null;
  readonly interfaceName: string | null;
  readonly aliasIndex: number | null;
  readonly pointer: number | null;
  readonly primary: boolean;
}

export interface BlockFact {
  readonly site: string;
  readonly subnet: string;
  readonly prefix: number;
}

/** A block that is used on a network. */
export interface LinkFact {
  readonly network: number;
  readonly block: number;
  readonly vlan: number | null;
}

/** What an interface is of: a foundation by its locator, or a structure by its id. */
export const ownerKey = (kind: 'foundation' | 'structure', id: string | number): string => `${kind}/${id}`;

export type FactKey = string | number;

/** Facts of one kind by key, found by the values of some of their fields too. */
export class FactTable<F extends object, Index extends keyof F & string = never> {
  readonly #facts = new Map<FactKey, F>();
  readonly #indexes: readonly (readonly [Index, Map<F[Index], Set<FactKey>>])[];

  constructor(...indexes: readonly Index[]) {
    this.#indexes = indexes.map((name) => [name, new Map()]);
  }

  get size(): number {
    return this.#facts.size;
  }

  get(key: FactKey): F | undefined {
    return this.#facts.get(key);
  }

  entries(): Iterable<[FactKey, F]> {
    return this.#facts.entries();
  }

  /** Keys of the facts that have this value; in no order. */
  by(index: Index, value: F[Index]): ReadonlySet<FactKey> {
    return this.#indexes.find(([name]) => name === index)?.[1].get(value) ?? NOBODY;
  }

  set(key: FactKey, fact: F | undefined): void {
    const before = this.#facts.get(key);
    if (fact) this.#facts.set(key, fact);
    else this.#facts.delete(key);
    for (const [name, values] of this.#indexes) {
      if (before && before[name] !== fact?.[name]) {
        const keys = values.get(before[name]);
        keys?.delete(key);
        if (keys?.size === 0) values.delete(before[name]);
      }
      if (fact && before?.[name] !== fact[name]) {
        const keys = values.get(fact[name]);
        if (keys) keys.add(key);
        else values.set(fact[name], new Set([key]));
      }
    }
  }
}

const NOBODY: ReadonlySet<FactKey> = new Set();

/** All that zones are made of. */
export const noFacts = () => ({
  zones: new FactTable<ZoneFact>(),
  entries: new FactTable<EntryFact, 'zone'>('zone'),
  sites: new FactTable<SiteFact, 'zone'>('zone'),
  hosts: new FactTable<HostFact, 'site'>('site'),
  structures: new FactTable<StructureFact, 'foundation'>('foundation'),
  interfaces: new FactTable<InterfaceFact, 'owner'>('owner'),
  addresses: new FactTable<AddressFact, 'holder' | 'pointer' | 'block'>('holder', 'pointer', 'block'),
  blocks: new FactTable<BlockFact, 'site'>('site'),
  links: new FactTable<LinkFact, 'block'>('block'),
});

export type Facts = ReturnType<typeof noFacts>;
export type FactKind = keyof Facts;
export type FactOf<K extends FactKind> = Facts[K] extends FactTable<infer F, infer _> ? F : never;

/** A fact that came, changed (also to the same) or went. */
export type FactChange = {
  readonly [K in FactKind]: { readonly kind: K; readonly key: FactKey; readonly fact: FactOf<K> | undefined };
}[FactKind];

/** Whether two facts say the same. */
export const isSameFact = (one: object | undefined, other: object | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && JSON.stringify(one) === JSON.stringify(other));
