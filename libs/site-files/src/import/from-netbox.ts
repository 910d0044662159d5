import { contains } from '#ipam';
import type { JsonMap } from '#kernel';
import { parseJson, refuse } from '#kernel';
import { addressFrom, subnetFrom } from '../address-range.ts';
import type { ConversionOptions, Converted, Table } from './converted.ts';
import { addTo, converted, hostNameFrom, nameFrom, put, tableAt } from './converted.ts';
import { UniqueNames } from './unique-names.ts';

/** An object as NetBox shows it. */
type Shown = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Shown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Shown) : {};
const asText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** What of NetBox is looked at, by the path of its URLs. */
const ENDPOINTS = [
  'dcim/sites',
  'dcim/devices',
  'dcim/interfaces',
  'virtualization/virtual-machines',
  'virtualization/interfaces',
  'ipam/prefixes',
  'ipam/ip-addresses',
] as const;
type Endpoint = (typeof ENDPOINTS)[number];
const URL_PATH = /\/api\/([a-z-]+\/[a-z-]+)\/\d+\/?$/;

/** An interface of a host, with the addresses on it. */
interface Port {
  readonly name: string;
  readonly mac: string;
  /** By which its untagged VLAN is known; empty where it has none. */
  readonly vlan: string;
  readonly addresses: { readonly address: string; readonly id: unknown }[];
}

/** A host that is converted: its names, its tables, and how its interfaces are called. */
interface Host {
  readonly site: string;
  readonly hostname: string;
  /** Id of its primary address. */
  readonly primary: unknown;
  readonly foundation: Table;
  readonly structure: Table;
  readonly interfaces: UniqueNames;
}

/** How long names may be, in characters. */
const MAX_NAME = 40;
const MAX_INTERFACE = 20;
const MAX_LOCATION = 100;

/** A subnet of a site. */
interface Subnet {
  readonly site: string;
  readonly block: string;
  readonly network: string;
  /** By which its VLAN is known; empty where it has none. */
  readonly vlan: string;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * The site file of what NetBox's REST API answers (lists, with or without `count` and `results` around them): its sites,
 * prefixes as address blocks with a network each, devices and virtual machines as foundations with a structure each, their
 * interfaces and addresses.
 * @throws Refusal where a file is no such answer
 */
export function fromNetbox(files: ReadonlyMap<string, string>, options: ConversionOptions): Converted {
  const warnings: string[] = [];
  const objects = readObjects(files, warnings);
  const document: Table = {};
  const conversion = new Conversion(document, warnings, options);
  for (const site of objects['dcim/sites']) conversion.site(site);
  for (const prefix of objects['ipam/prefixes']) conversion.prefix(prefix);
  conversion.interfaces([...objects['dcim/interfaces'], ...objects['virtualization/interfaces']]);
  for (const address of objects['ipam/ip-addresses']) conversion.address(address);
  for (const host of [...objects['dcim/devices'], ...objects['virtualization/virtual-machines']]) conversion.host(host);
  return converted('what NetBox has', document, warnings);
}

function readObjects(files: ReadonlyMap<string, string>, warnings: string[]): Record<Endpoint, Shown[]> {
  const objects = Object.fromEntries(ENDPOINTS.map((one) => [one, [] as Shown[]])) as Record<Endpoint, Shown[]>;
  for (const [file, text] of files) {
    let parsed: unknown;
    try {
      parsed = parseJson(text);
    } catch (error) {
      throw refuse(file, 'JSON', `is no JSON: ${(error as Error).message}`);
    }
    const answer = asObject(parsed);
    const list = Array.isArray(parsed) ? parsed : answer['results'];
    if (!Array.isArray(list))
      throw refuse(file, 'NETBOX', 'is no list of NetBox: neither a list nor an answer with "results"');
    if (asText(answer['next']) !== '') {
      warnings.push(`${file}: there is another page of it, ${asText(answer['next'])}: ask for all with ?limit=0`);
    }
    const others = new Set<string>();
    for (const one of list.map(asObject)) {
      const [, path = ''] = URL_PATH.exec(asText(one['url'])) ?? [];
      if ((ENDPOINTS as readonly string[]).includes(path)) objects[path as Endpoint].push(one);
      else others.add(path === '' ? 'objects without a "url"' : path);
    }
    for (const other of others) warnings.push(`${file}: ${other} were left out`);
  }
  return objects;
}

class Conversion {
  readonly #document: Table;
  readonly #warnings: string[];
  readonly #options: ConversionOptions;
  readonly #subnets: Subnet[] = [];
  /** By the URL path of the host. */
  readonly #ports = new Map<string, Port[]>();
  readonly #portsById = new Map<string, Port>();
  readonly #hosts = new Set<string>();
  readonly #sites = new UniqueNames(MAX_NAME);
  /** By the name of the site. */
  readonly #networks = new Map<string, UniqueNames>();

  constructor(document: Table, warnings: string[], options: ConversionOptions) {
    this.#document = document;
    this.#warnings = warnings;
    this.#options = options;
  }

  site(site: Shown): void {
    const name = this.#siteName(site);
    put(tableAt(this.#document, 'site', name), {
      description: (asText(site['description']) || asText(site['name']) || name).slice(0, 200),
    });
  }

  /** Until 4.1 a prefix has a `site`, from 4.2 on a `scope` that may be one. */
  prefix(prefix: Shown): void {
    const text = asText(prefix['prefix']);
    if (asText(asObject(prefix['status'])['value']) === 'container') return;
    const scope = asText(prefix['scope_type']) === 'dcim.site' ? asObject(prefix['scope']) : asObject(prefix['site']);
    const site = this.#siteName(scope) || this.#options.site;
    if (!site) return void this.#warnings.push(`prefix ${text} is in no site, and was left out`);
    const range = subnetFrom(text)?.addresses;
    if (!range) return void this.#warnings.push(`prefix ${text} is no subnet, and was left out`);
    const clash = this.#subnets.find((one) => one.site === site && one.first <= range.last && one.last >= range.first);
    if (clash)
      return void this.#warnings.push(`prefix ${text} overlaps ${clash.block} in the site ${site}, and was left out`);
    const vlan = asObject(prefix['vlan']);
    const block = nameFrom(text.replaceAll(/[.:/]/g, '-'), MAX_NAME);
    const network = this.#networkName(site, vlan, block);
    tableAt(this.#document, 'site', site, 'block', block)['subnet'] = text;
    const table = tableAt(this.#document, 'site', site, 'network', network);
    const vid = vlan['vid'];
    const blocks = (table['blocks'] ?? []) as JsonMap[string][];
    table['blocks'] = [...blocks, typeof vid === 'number' ? { block, vlan: vid } : block] as JsonMap[string];
    this.#subnets.push({ site, block, network, vlan: vlanKey(vlan), first: range.first, last: range.last });
  }

  /** Until 4.1 an interface has a `mac_address` of its own, from 4.2 on that of its `primary_mac_address`. */
  interfaces(interfaces: readonly Shown[]): void {
    for (const one of interfaces) {
      const host = asObject(one['device'] ?? one['virtual_machine']);
      const primary = asObject(one['primary_mac_address']);
      const port: Port = {
        name: asText(one['name']),
        mac: asText(one['mac_address']) || asText(primary['mac_address']),
        vlan: vlanKey(asObject(one['untagged_vlan'])),
        addresses: [],
      };
      const key = urlPath(host);
      this.#ports.set(key, [...(this.#ports.get(key) ?? []), port]);
      this.#portsById.set(urlPath(one), port);
    }
  }

  address(address: Shown): void {
    const on = asObject(address['assigned_object']);
    const text = asText(address['address']).split('/')[0] ?? '';
    let port = this.#portsById.get(urlPath(on));
    const host = asObject(on['device'] ?? on['virtual_machine']);
    if (!port && urlPath(host) !== '') {
      // Its interface is in no file: the address tells enough of it.
      port = { name: asText(on['name']), mac: '', vlan: '', addresses: [] };
      this.#ports.set(urlPath(host), [...(this.#ports.get(urlPath(host)) ?? []), port]);
      this.#portsById.set(urlPath(on), port);
    }
    if (port) port.addresses.push({ address: text, id: address['id'] });
    else this.#reserve(text, asText(address['dns_name']) || asText(address['description']) || 'of NetBox');
  }

  host(host: Shown): void {
    const given = asText(host['name']);
    const hostname = hostNameFrom(given);
    const site = this.#siteName(asObject(host['site'])) || this.#options.site;
    if (hostname.length < 2 || !site) {
      const why = site ? 'has no name that is one of a host' : 'is in no site';
      return void this.#warnings.push(`${urlPath(host)} ${given === '' ? '' : `(${given}) `}${why}, and was left out`);
    }
    if (this.#hosts.has(`${site}/${hostname}`)) {
      return void this.#warnings.push(
        `${urlPath(host)} (${given}) is ${hostname} again in the site ${site}, and was left out`,
      );
    }
    this.#hosts.add(`${site}/${hostname}`);
    if (hostname !== given) this.#warnings.push(`${given} is called ${hostname}`);
    const active = asText(asObject(host['status'])['value']) === 'active';
    const {
      type = 'Manual',
      blueprint = 'manual-structure-base',
      foundationBlueprint = 'manual-foundation-base',
    } = this.#options;
    const foundation = tableAt(this.#document, 'site', site, 'foundation', hostname);
    put(foundation, { type, blueprint: foundationBlueprint, ...(active ? { state: 'built' } : {}) });
    const structure = tableAt(this.#document, 'site', site, 'structure', hostname);
    put(structure, { blueprint, foundation: hostname, ...(active ? { state: 'built' } : {}) });
    const labels = labelsOf(host);
    if (Object.keys(labels).length > 0) structure['labels'] = labels;
    const primary = asObject(host['primary_ip4'] ?? host['primary_ip'] ?? host['primary_ip6'])['id'];
    const interfaces = new UniqueNames(MAX_INTERFACE);
    for (const port of this.#ports.get(urlPath(host)) ?? [])
      this.#port({ site, hostname, primary, foundation, structure, interfaces }, port);
  }

  #port({ site, hostname, primary, foundation, structure, interfaces }: Host, port: Port): void {
    const placed = port.addresses.map((one) => ({ ...one, subnet: this.#subnetOf(site, one.address) }));
    for (const { address } of placed.filter(({ subnet }) => !subnet)) {
      this.#warnings.push(`${address} of ${hostname} is in no prefix of the site ${site}, and was left out`);
    }
    const there = placed.filter(({ subnet }) => subnet);
    const byVlan = this.#subnets.find((one) => one.site === site && one.vlan === port.vlan);
    const network = there[0]?.subnet?.network ?? (port.vlan === '' ? undefined : byVlan?.network);
    if (network === undefined) {
      if (port.mac !== '') this.#warnings.push(`${port.name} of ${hostname} is on no network, and was left out`);
      return;
    }
    const called = `${port.name} of ${hostname}`;
    const name = this.#name(interfaces, { thing: port, called, text: port.name, otherwise: 'port' });
    put(tableAt(foundation, 'interface', name), {
      network,
      physical_location: nameFrom(port.name, MAX_LOCATION) || name,
      mac: port.mac.toLowerCase(),
    });
    const families = new Set<boolean>();
    for (const [n, { address, id }] of there.entries()) {
      const ipv6 = address.includes(':');
      // Of each family one has no alias index.
      const alias: JsonMap = families.has(ipv6) ? { alias: n } : {};
      families.add(ipv6);
      addTo(structure, 'address', {
        interface: name,
        ip: address,
        ...alias,
        ...(id === primary ? { primary: true } : {}),
      });
    }
  }

  #reserve(address: string, reason: string): void {
    const subnet = this.#subnets.find((one) => within(one, address));
    if (!subnet) return;
    tableAt(this.#document, 'site', subnet.site, 'block', subnet.block, 'reserved')[address] = reason.slice(0, 50);
  }

  /** How the site is called that something is in; empty where it is in none. */
  #siteName(site: Shown): string {
    const text = asText(site['slug']) || asText(site['name']);
    if (nameFrom(text, MAX_NAME) === '') return '';
    return this.#name(this.#sites, { thing: text, called: `the site ${text}`, text, otherwise: '' });
  }

  /** How the network of a prefix is called: like its VLAN, or like its block where it has none. */
  #networkName(site: string, vlan: Shown, block: string): string {
    const names = this.#networks.get(site) ?? new UniqueNames(MAX_NAME);
    this.#networks.set(site, names);
    const text = asText(vlan['name']) || block;
    const called = `the VLAN ${text} of the site ${site}`;
    return this.#name(names, { thing: vlanKey(vlan) || block, called, text, otherwise: block });
  }

  /** The name of a thing; where it is another one than it has, that is told once. */
  #name(
    names: UniqueNames,
    {
      thing,
      called,
      text,
      otherwise,
    }: { readonly thing: unknown; readonly called: string; readonly text: string; readonly otherwise: string },
  ): string {
    const isNew = !names.has(thing);
    const name = names.of(thing, text, otherwise);
    if (isNew && name !== text) this.#warnings.push(`${called} is called ${name}`);
    return name;
  }

  #subnetOf(site: string, address: string): Subnet | undefined {
    return this.#subnets.find((one) => one.site === site && within(one, address));
  }
}

function labelsOf(host: Shown): JsonMap {
  const role = asText(asObject(host['role'] ?? host['device_role'])['slug']);
  const rack = asText(asObject(host['rack'])['name']);
  const serial = asText(host['serial']);
  return { ...(role === '' ? {} : { role }), ...(rack === '' ? {} : { rack }), ...(serial === '' ? {} : { serial }) };
}

/** By which a VLAN is known: others may have its name. */
const vlanKey = (vlan: Shown): string => urlPath(vlan) || asText(vlan['name']);

/** `dcim/devices/7`; empty where an object has no URL. */
const urlPath = (shown: Shown): string => /\/api\/(.+?)\/?$/.exec(asText(shown['url']))?.[1] ?? '';

function within(range: Subnet, text: string): boolean {
  const address = addressFrom(text);
  return address !== undefined && contains(range, address);
}
