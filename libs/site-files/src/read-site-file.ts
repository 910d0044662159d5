import { asText } from '#api';
import type { Placed, ResourceFile, TomlNode, TomlTable } from '#blueprint';
import { noteLines, NULL_KEY, pathText, readResourceTree, readToml } from '#blueprint';
import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, objectOf } from '#kernel';
import { addressRange } from './address-range.ts';
import type { Definition } from './definition.ts';
import { addressName, entryName, named } from './definition.ts';
import type { KindName } from './object-kinds.ts';

/** What a file says: resources, and the objects of sites. */
export interface SiteFile {
  readonly file: string;
  readonly resources: ResourceFile;
  readonly definitions: readonly Definition[];
  readonly faults: readonly Placed[];
}

/** The entries of a file that are no resources. */
const ENTRIES = ['plot', 'zone', 'entry', 'site'] as const;
/** The tables within a site, and the kind of object each holds. */
const IN_SITE: readonly KindName[] = ['block', 'network', 'complex', 'foundation', 'host', 'structure', 'dependency'];

/** Reads a file of resources and sites. */
export function readSiteFile(file: string, text: string): SiteFile {
  const tree = readToml(text);
  const resources = readResourceTree(file, tree, ENTRIES);
  const reading = new Reading(file);
  reading.all(tree.root);
  return { file, resources, definitions: reading.definitions, faults: reading.faults };
}

type Path = readonly (string | number)[];

/** Where a table stands that defines an object. */
interface Place {
  readonly path: Path;
  readonly line: number;
  readonly site: string;
}

const isTable = (value: TomlNode['value'] | undefined): value is TomlTable => value instanceof Map;
const isList = (value: TomlNode['value'] | undefined): value is readonly TomlNode[] =>
  Array.isArray(value) && !IntegralFloat.is(value);

/** Takes the tables of one file apart, and notes what is wrong with them. */
class Reading {
  readonly definitions: Definition[] = [];
  readonly faults: Placed[] = [];
  readonly #file: string;
  readonly #dependencies = new Map<string, number>();

  constructor(file: string) {
    this.#file = file;
  }

  all(root: TomlTable): void {
    for (const [name, { line, value }] of this.#tables(root.get('plot'), ['plot'])) {
      this.#define('plot', { path: ['plot', name], line, site: '' }, '', name, value);
    }
    for (const [fqdn, node] of this.#tables(root.get('zone'), ['zone'])) this.#zone(fqdn.toLowerCase(), node);
    for (const [n, node] of this.#items(root.get('entry'), ['entry'])) this.#entry('', ['entry', n], node);
    for (const [name, node] of this.#tables(root.get('site'), ['site'])) this.#site(name, node);
  }

  #zone(fqdn: string, { line, value }: TableNode): void {
    const path = ['zone', fqdn];
    const dot = fqdn.indexOf('.');
    const [own, of] = dot === -1 ? [fqdn, ''] : [fqdn.slice(0, dot), fqdn.slice(dot + 1)];
    this.#define('zone', { path, line, site: '' }, of, own, value, ['entries']);
    for (const [n, node] of this.#items(value.get('entries'), [...path, 'entries'])) {
      this.#entry(fqdn, [...path, 'entries', n], node);
    }
  }

  #entry(zone: string, path: Path, { line, value }: TableNode): void {
    const of = (key: string) => value.get(key)?.value ?? '';
    const own = entryName(of('type'), of('name'), of('target'));
    this.#define('entry', { path, line, site: '' }, zone, own, value);
  }

  #site(site: string, { line, value }: TableNode): void {
    const path = ['site', site];
    this.#define('site', { path, line, site }, '', site, value, IN_SITE);
    for (const kind of IN_SITE) {
      for (const [own, node] of this.#tables(value.get(kind), [...path, kind])) {
        this.#inSite(kind, { path: [...path, kind, own], line: node.line, site }, own, node.value);
      }
    }
  }

  #inSite(kind: KindName, place: Place, own: string, table: TomlTable): void {
    const { path, site } = place;
    const parts: Partial<Record<KindName, readonly string[]>> = {
      block: ['reserved', 'dynamic'],
      network: ['blocks'],
      foundation: ['interface'],
      structure: ['interface', 'address'],
      host: ['address'],
    };
    const called = kind === 'dependency' ? this.#dependencyName(site, table) : own;
    const { name } = this.#define(kind, place, site, called, table, parts[kind]);
    const at = (key: string): Path => [...path, key];
    if (kind === 'block') {
      for (const [key, field] of [['reserved', 'reason'] as const, ['dynamic', 'pxe'] as const]) {
        this.#pool(key, field, { ...place, path: at(key) }, name, table.get(key));
      }
    }
    if (kind === 'network') this.#links({ ...place, path: at('blocks') }, name, table.get('blocks'));
    if (kind === 'foundation' || kind === 'structure') {
      for (const [one, node] of this.#tables(table.get('interface'), at('interface'))) {
        const inner = { path: [...at('interface'), one], line: node.line, site };
        this.#define(kind === 'foundation' ? 'interface' : 'logical', inner, name, one, node.value);
      }
    }
    if (kind === 'structure' || kind === 'host') {
      for (const [n, node] of this.#items(table.get('address'), at('address'))) {
        const of = (key: string) => node.value.get(key)?.value;
        const its = addressName(asText(of('interface')), of('alias'), asText(of('ip')).includes(':'));
        this.#define('address', { path: [...at('address'), n], line: node.line, site }, name, its, node.value);
      }
    }
  }

  /** Dependencies are called by their foundation, or by what they are on and which of those it is. */
  #dependencyName(site: string, table: TomlTable): string {
    const of = (key: string) => table.get(key)?.value;
    const foundation = of('foundation');
    if (typeof foundation === 'string') return foundation;
    const structure = of('structure');
    const base = `on-${typeof structure === 'string' ? (structure.split('/').at(-1) ?? '') : 'dependency'}`;
    const count = (this.#dependencies.get(`${site}/${base}`) ?? 0) + 1;
    this.#dependencies.set(`${site}/${base}`, count);
    return count === 1 ? base : `${base}-${count}`;
  }

  /** Addresses of a block: an address or a range, and what is said of it. */
  #pool(kind: 'reserved' | 'dynamic', field: string, place: Place, block: string, node: TomlNode | undefined): void {
    if (node === undefined) return;
    if (!isTable(node.value)) return this.#fault(node.line, place.path, 'must be a table: address or range = text');
    for (const [key, { line, value }] of node.value) {
      const path = [...place.path, key];
      const range = addressRange(key);
      if (typeof range === 'string') this.#fault(line, path, range);
      else if (typeof value !== 'string') this.#fault(line, path, 'must be a text');
      else {
        for (const ip of range) {
          const values = value === '' ? {} : { [field]: value };
          this.#add({
            ...named(kind, place.site, block, ip),
            file: this.#file,
            path: pathText(path),
            lines: new Map([['', line]]),
            values,
          });
        }
      }
    }
  }

  /** The blocks of a network: names, or tables with the VLAN. */
  #links(place: Place, network: string, node: TomlNode | undefined): void {
    if (node === undefined) return;
    if (!isList(node.value)) return this.#fault(node.line, place.path, 'must be a list of blocks');
    for (const [n, { line, value }] of node.value.entries()) {
      const path = [...place.path, n];
      const table: TomlTable = isTable(value) ? value : new Map([['block', { line, value }]]);
      const block = table.get('block')?.value;
      if (typeof block !== 'string') {
        this.#fault(line, path, 'must be the name of a block, or { block = NAME, vlan = NUMBER }');
        continue;
      }
      const full = block.includes('/') ? block : `${place.site}/${block}`;
      this.#define('link', { ...place, path, line }, network, full, table, ['block']);
    }
  }

  #define(
    kind: KindName,
    { path, line, site }: Place,
    of: string,
    own: string,
    table: TomlTable,
    parts: readonly string[] = [],
  ): Definition {
    const lines = new Map([['', line]]);
    const pairs: [string, Json][] = [];
    for (const [key, node] of table) {
      if (parts.includes(key)) continue;
      noteLines(lines, key, node);
      pairs.push([key, jsonOf(node)]);
    }
    const values: JsonMap = objectOf(pairs);
    return this.#add({ ...named(kind, site, of, own), file: this.#file, path: pathText(path), lines, values });
  }

  #add(definition: Definition): Definition {
    this.definitions.push(definition);
    return definition;
  }

  *#tables(node: TomlNode | undefined, path: Path): Generator<[string, TableNode]> {
    if (node === undefined) return;
    if (!isTable(node.value)) {
      this.#fault(node.line, path, `must be tables: [${pathText(path)}.NAME]`);
      return;
    }
    for (const [name, { line, value }] of node.value) {
      if (isTable(value)) yield [name, { line, value }];
      else this.#fault(line, [...path, name], 'must be a table');
    }
  }

  *#items(node: TomlNode | undefined, path: Path): Generator<[number, TableNode]> {
    if (node === undefined) return;
    if (!isList(node.value)) {
      this.#fault(node.line, path, 'must be a list of tables');
      return;
    }
    for (const [n, { line, value }] of node.value.entries()) {
      if (isTable(value)) yield [n, { line, value }];
      else this.#fault(line, [...path, n], 'must be a table');
    }
  }

  #fault(line: number, path: Path, text: string): void {
    this.faults.push({ file: this.#file, line, key: pathText(path), text });
  }
}

interface TableNode {
  readonly line: number;
  readonly value: TomlTable;
}

/** The JSON of a value; the order of keys is kept. */
function jsonOf({ value }: TomlNode): Json {
  if (isList(value)) return value.map(jsonOf);
  if (!isTable(value)) return value;
  if (value.size === 1 && value.get(NULL_KEY)?.value === true) return null;
  return objectOf([...value].map(([key, inner]) => [key, jsonOf(inner)] as const));
}
