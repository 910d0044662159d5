import type { JsonMap } from '#kernel';
import type { KindName } from './object-kinds.ts';

/** An object as files know it: by names. */
export interface NamedObject {
  readonly kind: KindName;
  /** Its site; empty: it belongs to none. */
  readonly site: string;
  /** What it belongs to, by its name: the block of an address, the zone around a zone, else its site. */
  readonly of: string;
  /** What it is called there: `eth0`, `web1`. */
  readonly own: string;
  /** What it is called among all of its kind. */
  readonly name: string;
}

/** An object as a file defines it. */
export interface Definition extends NamedObject {
  readonly file: string;
  /** Where it stands: `site.demo.structure.web1`. */
  readonly path: string;
  /** Line by key (`config_values.ports.0`); `''` is the object itself. */
  readonly lines: ReadonlyMap<string, number>;
  /** By the keys of the file. */
  readonly values: JsonMap;
}

/** By what an object is known among all of a file or of a site. */
export const idOf = ({ kind, name }: Pick<NamedObject, 'kind' | 'name'>): string => `${kind} ${name}`;

/** Names an object by what it belongs to and what it is called there. */
export function named(kind: KindName, site: string, of: string, own: string): NamedObject {
  return { kind, site, of, own, name: nameOf(kind, of, own) };
}

function nameOf(kind: KindName, of: string, own: string): string {
  switch (kind) {
    case 'plot':
    case 'site':
    case 'foundation':
    case 'complex':
      return own;
    case 'zone':
      return of === '' ? own : `${own}.${of}`;
    case 'block':
    case 'network':
    case 'host':
    case 'structure':
    case 'dependency':
      return `${of}/${own}`;
    default:
      return `${of} ${own}`;
  }
}

/** What an address is called on its host: the interface, the alias index, and the family where it is IPv6. */
export const addressName = (interfaceName: string, alias: unknown, ipv6: boolean): string =>
  `${interfaceName}${typeof alias === 'number' && alias !== 0 ? `:${alias}` : ''}${ipv6 ? ' ipv6' : ''}`;

/** What an entry is called in its zone. */
export const entryName = (type: unknown, name: unknown, target: unknown): string =>
  [type, name, target].map((one) => String(one)).join(' ');
