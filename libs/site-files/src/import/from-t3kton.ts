import { formatAddress, InvalidAddress, parseAddress } from '#ipam';
import type { Json, JsonMap } from '#kernel';
import { objectOf } from '#kernel';
import { asRanges } from '../address-range.ts';
import type { Shown } from './cinp-export.ts';
import { CinpExport, filled, idOf, listOf, partsOf, text } from './cinp-export.ts';
import type { Converted, Table } from './converted.ts';
import { addTo, converted, put, tableAt } from './converted.ts';
import { readPythonLiteral } from './python-literal.ts';
import { convertDependencies } from './t3kton-dependencies.ts';
import { convertResources } from './t3kton-resources.ts';

/** Fields that every foundation and complex has, or that are worked out. */
const COMMON = new Set(
  'locator site blueprint id_map located_at built_at updated created state type class_list structure name description built_percentage members labels owner id'.split(
    ' ',
  ),
);

/**
 * The site file of what a running Contractor shows over CInP, as `contractor export-cinp` writes it: models by path, and
 * in each the objects by URI.
 * @throws Refusal where it is no such export
 */
export function fromT3kton(file: string, text: string): Converted {
  const source = CinpExport.from(file, text);
  const warnings = source.skipped.map(([path, why]) => `${path} was left out of the export: ${why}`);
  return converted('what a Contractor showed over CInP', new Conversion(source, warnings).all(), warnings);
}

class Conversion {
  readonly #source: CinpExport;
  readonly #warnings: string[];
  readonly #document: Table = {};

  constructor(source: CinpExport, warnings: string[]) {
    this.#source = source;
    this.#warnings = warnings;
  }

  all(): Table {
    convertResources(this.#source, this.#document);
    this.#plots();
    this.#zones();
    for (const [name, site] of this.#source.of('Site/Site')) {
      put(tableAt(this.#document, 'site', name), {
        description: site['description'],
        parent: idOf(site['parent']),
        zone: this.#zone(site['zone']),
        config_values: filled(site['config_values']),
      });
    }
    this.#blocks();
    this.#networks();
    this.#complexes();
    this.#foundations();
    this.#hosts();
    this.#interfaces();
    this.#addresses();
    convertDependencies(this.#source, this.#document, (path, uri, site) => this.#named(path, uri, site));
    return this.#document;
  }

  #plots(): void {
    for (const [name, { corners, parent }] of this.#source.of('Survey/Plot')) {
      put(tableAt(this.#document, 'plot', name), { corners, parent: idOf(parent) });
    }
  }

  #zones(): void {
    for (const [id, zone] of this.#source.of('Directory/Zone')) {
      put(
        tableAt(this.#document, 'zone', this.#zone(id) ?? ''),
        numbers(zone, ['ttl', 'refresh', 'retry', 'expire', 'minimum']),
      );
    }
    for (const [, entry] of this.#source.of('Directory/Entry')) {
      const zone = this.#zone(entry['zone']);
      const item = {
        type: text(entry['type']),
        name: text(entry['name']),
        target: text(entry['target']),
        ...numbers(entry, ['priority', 'weight', 'port']),
      };
      if (zone === undefined) addTo(this.#document, 'entry', item);
      else addTo(tableAt(this.#document, 'zone', zone), 'entries', item);
    }
  }

  #zone(uri: Json | undefined): string | undefined {
    const zone = this.#source.get('Directory/Zone', idOf(uri) ?? (typeof uri === 'string' ? uri : undefined));
    if (!zone) return undefined;
    const parent = zone['parent'];
    return typeof parent === 'string' ? `${text(zone['name'])}.${this.#zone(parent) ?? ''}` : text(zone['name']);
  }

  #blocks(): void {
    for (const [id, block] of this.#source.of('Utilities/AddressBlock')) {
      const table = tableAt(this.#document, 'site', idOf(block['site']) ?? '', 'block', text(block['name']));
      put(table, {
        subnet: `${text(block['subnet'])}/${text(block['prefix'])}`,
        gateway: this.#addressAt(id, block['gateway_offset']),
      });
      for (const [key, model, said] of [
        ['reserved', 'ReservedAddress', (one: Shown) => text(one['reason'])],
        ['dynamic', 'DynamicAddress', (one: Shown) => idOf(one['pxe']) ?? ''],
      ] as const) {
        const items = this.#source.referring(`Utilities/${model}`, 'address_block', id).flatMap((one) => {
          const address = this.#addressAt(id, one['offset']);
          return address === undefined ? [] : [[parseAddress(address), said(one)] as const];
        });
        if (items.length > 0) table[key] = objectOf(asRanges(items));
      }
    }
  }

  #addressAt(block: string | undefined, offset: Json | undefined): string | undefined {
    const around = this.#source.get('Utilities/AddressBlock', block);
    if (!around || offset === null || offset === undefined) return undefined;
    try {
      return formatAddress(parseAddress(text(around['subnet'])) + BigInt(text(offset)));
    } catch (error) {
      if (!(error instanceof InvalidAddress)) throw error;
      this.#warnings.push(`address block ${text(around['name'])}: ${error.message}`);
      return undefined;
    }
  }

  #networks(): void {
    for (const [id, network] of this.#source.of('Utilities/Network')) {
      const site = idOf(network['site']) ?? '';
      const table = tableAt(this.#document, 'site', site, 'network', text(network['name']));
      put(table, { mtu: network['mtu'] });
      const links = this.#source.referring('Utilities/NetworkAddressBlock', 'network', id).map((link) => {
        const block = this.#named('Utilities/AddressBlock', link['address_block'], site) ?? '';
        const { vlan } = link;
        return vlan === null || vlan === undefined ? block : { block, vlan };
      });
      if (links.length > 0) table['blocks'] = links;
    }
  }

  #complexes(): void {
    const typed = this.#ownModels('Complex');
    for (const [name, complex] of this.#source.of('Building/Complex')) {
      const site = idOf(complex['site']) ?? '';
      const table = tableAt(this.#document, 'site', site, 'complex', name);
      const type = text(complex['type']);
      put(table, {
        type: type === 'Unknown' ? '' : type,
        description: complex['description'],
        built_percentage: complex['built_percentage'],
        ...this.#own(typed, name, site),
      });
      const members = listOf(complex['members']).flatMap((uri) => this.#named('Building/Structure', uri, site) ?? []);
      if (members.length > 0) table['members'] = members;
    }
  }

  #foundations(): void {
    const typed = this.#ownModels('Foundation');
    for (const [locator, foundation] of this.#source.of('Building/Foundation')) {
      const site = idOf(foundation['site']) ?? '';
      put(tableAt(this.#document, 'site', site, 'foundation', locator), {
        type: foundation['type'],
        blueprint: idOf(foundation['blueprint']),
        ...this.#own(typed, locator, site),
        id_map: filled(mapFrom(foundation['id_map'])),
        labels: filled(foundation['labels']),
        owner: foundation['owner'],
        state: foundation['state'] === 'planned' ? '' : foundation['state'],
      });
    }
  }

  /** The models of platforms whose objects have the fields of their own. */
  #ownModels(kind: 'Foundation' | 'Complex'): readonly string[] {
    return this.#source.paths.filter(
      (path) => path.endsWith(kind) && path !== `Building/${kind}` && !path.startsWith('BluePrint/'),
    );
  }

  #own(models: readonly string[], id: string, site: string): Readonly<Record<string, Json>> {
    const found = models.map((path) => this.#source.get(path, id)).find((one) => one !== undefined);
    const pairs = Object.entries(found ?? {}).filter(([name]) => !COMMON.has(name));
    return Object.fromEntries(
      pairs.flatMap(([name, value]) => {
        const shown = this.#shown(value, site);
        return shown === null ? [] : [[name, shown] as const];
      }),
    );
  }

  /** A value whose URIs became names. */
  #shown(value: Json, site: string): Json {
    if (Array.isArray(value)) return value.map((one) => this.#shown(one as Json, site));
    const parts = partsOf(value);
    return parts ? (this.#named(parts.path, value, site) ?? parts.id) : value;
  }

  /** How something is named by what is at a site; undefined: it is not there. */
  #named(path: string, uri: Json | undefined, site: string): string | undefined {
    const found = this.#source.at(path, uri);
    const name = found?.['hostname'] ?? found?.['name'];
    // Where ids are names, those are what files know it by.
    if (typeof found?.['id'] !== 'number') return idOf(uri);
    const its = idOf(found['site']) ?? site;
    return its === site ? text(name) : `${its}/${text(name)}`;
  }

  #hosts(): void {
    const structures = this.#source.of('Building/Structure');
    for (const [, structure] of structures) {
      put(this.#host('structure', structure), {
        blueprint: idOf(structure['blueprint']),
        foundation: idOf(structure['foundation']),
        config_values: filled(structure['config_values']),
        config_uuid: structure['config_uuid'],
        labels: filled(structure['labels']),
        owner: structure['owner'],
        state: structure['state'] === 'planned' ? '' : structure['state'],
      });
    }
    const built = new Set(structures.map(([id]) => id));
    for (const [id, host] of this.#source.of('Utilities/Networked')) if (!built.has(id)) this.#host('host', host);
  }

  #host(kind: 'structure' | 'host', host: Shown): Table {
    return tableAt(this.#document, 'site', idOf(host['site']) ?? '', kind, text(host['hostname']));
  }

  /** The table of a host, be it a structure or not. */
  #hostAt(
    uri: Json | undefined,
  ): { readonly table: Table; readonly site: string; readonly hostname: string } | undefined {
    const structure = this.#source.at('Building/Structure', uri);
    const host = structure ?? this.#source.at('Utilities/Networked', uri);
    if (!host) return undefined;
    const table = this.#host(structure ? 'structure' : 'host', host);
    return { table, site: idOf(host['site']) ?? '', hostname: text(host['hostname']) };
  }

  #interfaces(): void {
    for (const [, one] of this.#source.of('Utilities/RealNetworkInterface')) {
      const locator = idOf(one['foundation']) ?? '';
      const site = idOf(this.#source.get('Building/Foundation', locator)?.['site']) ?? '';
      put(tableAt(this.#document, 'site', site, 'foundation', locator, 'interface', text(one['name'])), {
        network: this.#named('Utilities/Network', one['network'], site),
        physical_location: one['physical_location'],
        mac: one['mac'],
        is_provisioning: one['is_provisioning'] === true ? true : undefined,
        link_name: one['link_name'],
        pxe: idOf(one['pxe']),
      });
    }
    const aggregated = this.#source.of('Utilities/AggregatedNetworkInterface');
    const ids = new Set(aggregated.map(([id]) => id));
    const abstract = this.#source.of('Utilities/AbstractNetworkInterface').filter(([id]) => !ids.has(id));
    for (const [, one] of [...abstract, ...aggregated]) {
      const host = this.#hostAt(one['structure']);
      if (!host) continue;
      put(tableAt(host.table, 'interface', text(one['name'])), {
        network: this.#named('Utilities/Network', one['network'], host.site),
        primary: this.#interface(one['primary_interface'], one['structure']),
        secondary: filled(
          listOf(one['secondary_interfaces']).flatMap((uri) => this.#interface(uri, one['structure']) ?? []),
        ),
        parameters: filled(one['paramaters']),
      });
    }
  }

  #interface(uri: Json | undefined, structure: Json | undefined): string | undefined {
    const real = this.#source.at('Utilities/RealNetworkInterface', uri);
    if (real) return text(real['name']);
    const own =
      this.#source.at('Utilities/AbstractNetworkInterface', uri) ??
      this.#source.at('Utilities/AggregatedNetworkInterface', uri);
    if (!own) return undefined;
    const foundation = idOf(this.#source.at('Building/Structure', structure)?.['foundation']);
    const below = this.#source.referring('Utilities/RealNetworkInterface', 'foundation', foundation);
    const same = below.some((one) => one['name'] === own['name']);
    return same ? `structure/${text(own['name'])}` : text(own['name']);
  }

  #addresses(): void {
    for (const [id, address] of this.#source.of('Utilities/Address')) {
      const host = this.#hostAt(address['networked']);
      if (!host) {
        this.#warnings.push(`address ${id} is of no host, and was left out`);
        continue;
      }
      const block = this.#source.at('Utilities/AddressBlock', address['address_block']);
      const away = block ? idOf(block['site']) !== host.site : false;
      const pointer = this.#pointer(address['pointer'], host.site);
      addTo(host.table, 'address', {
        interface: text(address['interface_name']),
        ...(block ? { ip: this.#addressAt(idOf(address['address_block']), address['offset']) ?? '' } : {}),
        ...(away ? { block: this.#named('Utilities/AddressBlock', address['address_block'], host.site) ?? '' } : {}),
        ...(pointer === undefined ? {} : { pointer }),
        ...numbers(address, ['alias_index'], { alias_index: 'alias' }),
        ...(address['is_primary'] === true ? { primary: true } : {}),
      });
    }
  }

  /** `HOST INTERFACE[:ALIAS]`. */
  #pointer(uri: Json | undefined, site: string): string | undefined {
    const target = this.#source.at('Utilities/Address', uri);
    const host = target && this.#hostAt(target['networked']);
    if (!target || !host) return undefined;
    const alias =
      typeof target['alias_index'] === 'number' && target['alias_index'] !== 0 ? `:${target['alias_index']}` : '';
    const block = this.#source.at('Utilities/AddressBlock', target['address_block']);
    const family = text(block?.['subnet']).includes(':') ? ' ipv6' : '';
    const name = host.site === site ? host.hostname : `${host.site}/${host.hostname}`;
    return `${name} ${text(target['interface_name'])}${alias}${family}`;
  }
}

/** A map as it is, or from the text that Python writes of it. */
function mapFrom(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? readPythonLiteral(value) : value;
}

/** Those of some fields that are numbers, under their names or others. */
const numbers = (one: Shown, fields: readonly string[], names: Readonly<Record<string, string>> = {}): JsonMap =>
  Object.fromEntries(
    fields.flatMap((field) => (typeof one[field] === 'number' ? [[names[field] ?? field, one[field]] as const] : [])),
  );
