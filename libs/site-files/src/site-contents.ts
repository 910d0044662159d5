import type { Catalogue, Model, Values } from '#api';
import { asText } from '#api';
import { formatAddress, isIpv4, parseAddress } from '#ipam';
import { pauseBetweenSlices } from '#kernel';
import type { Key, View, Where } from '#read-store';
import type { NamedObject } from './definition.ts';
import { addressName, entryName, idOf, named } from './definition.ts';
import type { KindName } from './object-kinds.ts';
import { AGGREGATED, modelsByType, OBJECT_KINDS } from './object-kinds.ts';

/** An object as it is on the server. */
export interface Existing extends NamedObject {
  readonly key: Key;
  readonly model: Model;
  /** By the fields of the API; references are ids. */
  readonly fields: Values;
}

/** How many values are asked for in one condition. */
const MAX_ANY = 1000;

/** What there is in some sites, and in no site, by name and by id. */
export class SiteContents {
  readonly #catalogue: Catalogue;
  readonly #view: View;
  readonly #objects = new Map<string, Existing>();
  /** Names by kind and key. */
  readonly #names = new Map<string, Existing>();
  readonly #sites = new Map<string, Promise<void>>();
  readonly #pause = pauseBetweenSlices();

  constructor(catalogue: Catalogue, view: View) {
    this.#catalogue = catalogue;
    this.#view = view;
  }

  /** All that has been read so far. */
  get objects(): Iterable<Existing> {
    return this.#objects.values();
  }

  /** An object by its name, which is read if it is not yet. */
  async find(kind: KindName, name: string, site: string): Promise<Existing | undefined> {
    if (kind === 'foundation' || kind === 'complex') return this.#byName(kind, name);
    await this.read(site);
    return this.#objects.get(idOf({ kind, name }));
  }

  /** An object by its key, which is read if it is not yet. */
  async byKey(kind: KindName, key: Key): Promise<Existing | undefined> {
    const id = `${kind} ${key}`;
    const known = this.#names.get(id);
    if (known) return known;
    const site = await this.#siteOf(kind, key);
    if (site === undefined) return undefined;
    await this.read(site);
    return this.#names.get(id);
  }

  /** Reads a site with all that is in it; the empty name: zones and what else is in no site. */
  read(site: string): Promise<void> {
    const known = this.#sites.get(site);
    if (known) return known;
    const reading = site === '' ? this.#readShared() : this.#readSite(site);
    this.#sites.set(site, reading);
    return reading;
  }

  /** Those of one kind that have been read, by what they belong to. */
  of(kind: KindName, of: string): Existing[] {
    return [...this.#objects.values()].filter((one) => one.kind === kind && one.of === of);
  }

  async #byName(kind: 'foundation' | 'complex', name: string): Promise<Existing | undefined> {
    const known = this.#objects.get(idOf({ kind, name }));
    if (known) return known;
    const site = await this.#siteOf(kind, name);
    if (site === undefined) return undefined;
    await this.read(site);
    return this.#objects.get(idOf({ kind, name }));
  }

  /** At which site an object is, or what it belongs to. */
  async #siteOf(kind: KindName, key: Key): Promise<string | undefined> {
    if (kind === 'plot' || kind === 'zone' || kind === 'entry') return '';
    if (kind === 'site') return String(key);
    const { rows } = this.#model(OBJECT_KINDS[kind].model);
    const row = rows && (await this.#view.get(rows, key));
    if (!row) return undefined;
    const { site, foundation, structure, holder, block, network } = row as Record<string, Key | null | undefined>;
    if (typeof site === 'string') return site;
    if (kind === 'interface') return this.#siteOf('foundation', foundation ?? '');
    if (kind === 'logical') return this.#siteOf('structure', structure ?? 0);
    if (kind === 'link') return this.#siteOf('network', network ?? 0);
    if (kind === 'address') return this.#siteOf('host', holder ?? 0);
    return this.#siteOf('block', block ?? 0);
  }

  async #readShared(): Promise<void> {
    for (const [key, found] of await this.#rows('plot', {})) {
      this.#put({ ...named('plot', '', '', String(key)), key, ...found });
    }
    const zones = await this.#rows('zone', {});
    const fqdn = (key: Key): string => {
      const { name, parent } = zones.get(key)?.fields ?? {};
      return typeof parent === 'number' ? `${asText(name)}.${fqdn(parent)}` : asText(name);
    };
    for (const [key, { model, fields }] of zones) {
      const of = typeof fields['parent'] === 'number' ? fqdn(fields['parent']) : '';
      this.#put({ ...named('zone', '', of, String(fields['name'])), key, model, fields });
    }
    for (const [key, { model, fields }] of await this.#rows('entry', {})) {
      const of = typeof fields['zone'] === 'number' ? fqdn(fields['zone']) : '';
      const own = entryName(fields['type'], fields['name'], fields['target']);
      this.#put({ ...named('entry', '', of, own), key, model, fields });
    }
  }

  async #readSite(site: string): Promise<void> {
    const there = await this.#rowsOf('site', [site]);
    for (const [key, found] of there) this.#put({ ...named('site', site, '', site), key, ...found });
    if (there.size === 0) return;
    await this.#readNetworks(site);
    await this.#readHosts(site);
    for (const [key, found] of await this.#rows('complex', { site })) {
      const model = this.#typed('Building/Complex', found);
      this.#put({ ...named('complex', site, site, String(key)), key, ...found, model });
    }
    await this.#readDependencies(site);
  }

  async #readNetworks(site: string): Promise<void> {
    for (const kind of ['block', 'network'] as const) {
      for (const [key, found] of await this.#rows(kind, { site })) {
        this.#put({ ...named(kind, site, site, String(found.fields['name'])), key, ...found });
      }
    }
    for (const [kind, api] of [
      ['reserved', 'ReservedAddress'],
      ['dynamic', 'DynamicAddress'],
    ] as const) {
      for (const block of this.of('block', site)) {
        for (const [key, found] of await this.#rows(kind, { use: `${block.key}/${api}` })) {
          const ip = addressIn(block.fields, found.fields['offset']);
          this.#put({ ...named(kind, site, block.name, ip), key, ...found });
        }
      }
    }
    for (const network of this.of('network', site)) {
      for (const [key, found] of await this.#rows('link', { network: network.key })) {
        const block = await this.byKey('block', found.fields['address_block'] as number);
        if (block) this.#put({ ...named('link', site, network.name, block.name), key, ...found });
      }
    }
  }

  async #readHosts(site: string): Promise<void> {
    for (const [key, found] of await this.#rows('foundation', { site })) {
      const model = this.#typed('Building/Foundation', found);
      const row = model.complete && model.rows && (await this.#view.get(model.rows, key));
      const fields = row
        ? { ...found.fields, ...(await model.complete?.(row, key, { view: this.#view })) }
        : found.fields;
      this.#put({ ...named('foundation', site, site, String(key)), key, fields, model });
    }
    const locators = this.of('foundation', site).map(({ key }) => key);
    for (const [key, found] of await this.#rowsAmong('interface', 'foundation', locators)) {
      const of = String(found.fields['foundation']);
      this.#put({ ...named('interface', site, of, String(found.fields['name'])), key, ...found });
    }
    for (const [kind, where] of [
      ['structure', { site }],
      ['host', { site, structure: 'false' }],
    ] as const) {
      for (const [key, found] of await this.#rows(kind, where)) {
        // The host of a BMC comes and goes with its foundation.
        if (kind === 'host' && typeof found.fields['foundation'] === 'string') continue;
        this.#put({ ...named(kind, site, site, String(found.fields['hostname'])), key, ...found });
      }
    }
    const hosts = [...this.of('structure', site), ...this.of('host', site)];
    const byKey = new Map(hosts.map((host) => [host.key, host]));
    const keys = [...byKey.keys()];
    for (const [key, found] of await this.#rowsAmong('logical', 'structure', keys)) {
      const of = byKey.get(found.fields['structure'] as number)?.name ?? '';
      this.#put({ ...named('logical', site, of, String(found.fields['name'])), key, ...found });
    }
    for (const [key, found] of await this.#rowsAmong('address', 'holder', keys)) {
      const { networked, interface_name: name, alias_index: alias, address_block: block } = found.fields;
      const around = typeof block === 'number' ? await this.byKey('block', block) : undefined;
      const ipv6 = around !== undefined && !isIpv4(parseAddress(String(around.fields['subnet'])));
      const own = addressName(String(name), alias, ipv6);
      this.#put({ ...named('address', site, byKey.get(networked as number)?.name ?? '', own), key, ...found });
    }
  }

  /** Dependencies have no name: they are called by their foundation, or by what they are on. */
  async #readDependencies(site: string): Promise<void> {
    const used = new Set<string>();
    for (const [key, found] of await this.#rows('dependency', { site })) {
      const { foundation, structure } = found.fields;
      const host = typeof structure === 'number' ? await this.byKey('structure', structure) : undefined;
      const base = typeof foundation === 'string' ? foundation : `on-${host?.own ?? 'dependency'}`;
      let own = base;
      for (let n = 2; used.has(own); n += 1) own = `${base}-${n}`;
      used.add(own);
      this.#put({ ...named('dependency', site, site, own), key, ...found });
    }
  }

  #put(existing: Existing): void {
    this.#objects.set(idOf(existing), existing);
    this.#names.set(`${existing.kind} ${existing.key}`, existing);
  }

  /** The model of an object of a family that has types. */
  #typed(family: string, { model, fields }: Read): Model {
    return modelsByType(this.#catalogue, family).get(String(fields['type'])) ?? model;
  }

  #model(path: string): Model {
    const model = this.#catalogue.model(path);
    if (!model) throw new Error(`there is no model ${path}`);
    return model;
  }

  async #rowsAmong(kind: KindName, index: string, values: readonly Key[]): Promise<Map<Key, Read>> {
    const found = new Map<Key, Read>();
    for (let at = 0; at < values.length; at += MAX_ANY) {
      const where = { [index]: { any: values.slice(at, at + MAX_ANY) } };
      for (const [key, read] of await this.#rows(kind, where)) found.set(key, read);
    }
    return found;
  }

  async #rows(kind: KindName, where: Where): Promise<Map<Key, Read>> {
    const { rows, kind: only } = this.#model(OBJECT_KINDS[kind].model);
    if (!rows) return new Map();
    return this.#rowsOf(kind, (await this.#view.keys(rows, { where: { ...only, ...where } })).keys);
  }

  async #rowsOf(kind: KindName, keys: readonly Key[]): Promise<Map<Key, Read>> {
    const base = this.#model(OBJECT_KINDS[kind].model);
    const found = new Map<Key, Read>();
    for (const [key, row] of base.rows ? await this.#view.many(base.rows, keys) : []) {
      await this.#pause();
      const aggregated = kind === 'logical' && (row as { readonly kind?: string }).kind === 'Aggregated';
      const model = aggregated ? this.#model(AGGREGATED) : base;
      found.set(key, { model, fields: model.present?.(row, key) ?? (row as Values) });
    }
    return found;
  }
}

interface Read {
  readonly model: Model;
  readonly fields: Values;
}

/** The address at an offset of a block, as the API shows both. */
export const addressIn = (block: Values, offset: unknown): string =>
  formatAddress(parseAddress(String(block['subnet'])) + BigInt(String(offset)));
