import type { Field, Model, Values } from '#api';
import { whyNot } from '#api';
import { contains, formatAddress } from '#ipam';
import type { Json } from '#kernel';
import type { Key } from '#read-store';
import { addressFrom, subnetFrom } from './address-range.ts';
import { BlockSubnets } from './block-subnets.ts';
import type { Definition } from './definition.ts';
import type { NameSources } from './name-resolution.ts';
import { NameResolution } from './name-resolution.ts';
import type { KindName } from './object-kinds.ts';
import { fieldOf, OBJECT_KINDS } from './object-kinds.ts';
import type { Candidate } from './references.ts';
import type { SiteFaults } from './site-faults.ts';

/** The values that a definition gives to fields of the API. */
export interface Given {
  readonly fields: Values;
  /** Fields that refer to what has failed, or are at fault: what else is said of them is not told. */
  readonly failed: ReadonlySet<string>;
}

/** Reads the values of definitions for the API: names become ids, addresses become places in blocks. */
export class ApiValues {
  readonly #faults: SiteFaults;
  readonly #names: NameResolution;
  readonly #blocks: BlockSubnets;

  constructor(parts: NameSources) {
    this.#faults = parts.faults;
    this.#names = new NameResolution(parts);
    this.#blocks = new BlockSubnets(parts);
  }

  async of(definition: Definition, model: Model): Promise<Given> {
    const faults = this.#faults;
    const fields: Record<string, unknown> = {};
    const failed = new Set<string>();
    const reading: Reading = { definition, model, fields, failed };
    await this.#implied(reading);
    for (const [key, value] of Object.entries(definition.values)) {
      if (OBJECT_KINDS[definition.kind].own.includes(key)) continue;
      const field = fieldOf(definition.kind, model, key);
      if (field === undefined) faults.of(definition, key, 'UNKNOWN_KEY', unknownKey(definition.kind, model));
      else await this.#field(reading, key, field, value);
    }
    if (definition.kind === 'block') this.#block(reading);
    if (definition.kind === 'address') await this.#address(reading);
    return { fields, failed };
  }

  /** The ids of the members that a file names. */
  async members(definition: Definition): Promise<number[]> {
    const faults = this.#faults;
    const { members } = definition.values;
    if (!Array.isArray(members)) {
      faults.of(definition, 'members', 'TYPE', 'must be a list of host names');
      return [];
    }
    const ids = new Set<number>();
    for (const [n, one] of (members as readonly Json[]).entries()) {
      const key = `members.${n}`;
      if (typeof one !== 'string') faults.of(definition, key, 'TYPE', 'must be a host name');
      else {
        const found = await this.#names.refer(definition, key, 'Building/Structure', one);
        if (typeof found?.key === 'number') ids.add(found.key);
      }
    }
    return [...ids];
  }

  /** What follows from where an object stands in the file. */
  async #implied(reading: Reading): Promise<void> {
    const { kind, site, of, own } = reading.definition;
    const put = (values: Values) => Object.assign(reading.fields, values);
    const refer = async (field: string, referred: KindName, name: string, at = site) => {
      const found = await this.#names.resolve([{ kind: referred, site: at, name }]);
      if (!found) return this.#missing(reading, field, `there is no ${OBJECT_KINDS[referred].called} ${name}`);
      if (found.failed || found.key === undefined) reading.failed.add(field);
      put({ [field]: found.key ?? null });
    };
    switch (kind) {
      case 'zone':
        put({ name: own });
        if (of === '') put({ parent: null });
        else await refer('parent', 'zone', of, '');
        break;
      case 'entry':
        if (of !== '') await refer('zone', 'zone', of, '');
        break;
      case 'plot':
      case 'site':
        put({ name: own });
        break;
      case 'block':
      case 'network':
      case 'complex':
        put({ name: own });
        await refer('site', 'site', site);
        break;
      case 'foundation':
        put({ locator: own });
        await refer('site', 'site', site);
        break;
      case 'structure':
      case 'host':
        put({ hostname: own });
        await refer('site', 'site', site);
        break;
      case 'reserved':
      case 'dynamic':
        await refer('address_block', 'block', of);
        put({ offset: await this.#offsetIn(reading, of, own) });
        break;
      case 'link':
        await refer('network', 'network', of);
        await refer('address_block', 'block', own, own.split('/')[0]);
        break;
      case 'interface':
        put({ name: own });
        await refer('foundation', 'foundation', of);
        break;
      case 'logical':
        put({ name: own });
        await refer('structure', 'structure', of);
        break;
      case 'address': {
        const host = await this.#names.resolve(hosts(site, of));
        if (!host) this.#missing(reading, 'networked', `there is no host ${of}`);
        else if (host.failed || host.key === undefined) reading.failed.add('networked');
        put({ networked: host?.key ?? null });
        break;
      }
      case 'dependency':
        break;
    }
  }

  async #field({ definition, model, fields, failed }: Reading, key: string, name: string, value: Json): Promise<void> {
    const faults = this.#faults;
    const field = model.fields[name] as Field;
    const { type } = field;
    const wrong = whyNot(field, value);
    if (wrong !== undefined) {
      faults.of(definition, key, 'TYPE', wrong);
      failed.add(name);
      return;
    }
    if (type.kind !== 'Model' || value === null) {
      fields[name] = type.kind === 'Integer' && type.wide && typeof value === 'number' ? String(value) : value;
      return;
    }
    const ids: (Key | undefined)[] = [];
    for (const [n, text] of (Array.isArray(value) ? (value as readonly string[]) : [value as string]).entries()) {
      const found = await this.#names.refer(definition, field.list ? `${key}.${n}` : key, type.model, text);
      if (found?.key === undefined || found.failed) failed.add(name);
      ids.push(found?.key);
    }
    fields[name] = field.list ? ids.filter((id) => id !== undefined) : (ids[0] ?? null);
  }

  #missing({ definition, failed }: Reading, field: string, text: string): void {
    failed.add(field);
    this.#faults.of(definition, '', 'INVALID_VALUE', text);
  }

  /** `10.0.0.0/24`, and the gateway by its address. */
  #block({ definition, fields, failed }: Reading): void {
    const faults = this.#faults;
    const { subnet, gateway } = definition.values;
    const its = typeof subnet === 'string' ? subnetFrom(subnet) : undefined;
    if (subnet !== undefined && !its) {
      faults.of(definition, 'subnet', 'TYPE', 'must be a subnet: "10.0.0.0/24"');
      for (const field of ['subnet', 'prefix', 'gateway_offset']) failed.add(field);
      return;
    }
    if (its) Object.assign(fields, { subnet: formatAddress(its.address), prefix: its.prefix });
    if (gateway === null) fields['gateway_offset'] = null;
    if (gateway === undefined || gateway === null) return;
    const address = typeof gateway === 'string' ? addressFrom(gateway) : undefined;
    if (its && address !== undefined && contains(its.addresses, address)) {
      fields['gateway_offset'] = String(address - its.address);
      return;
    }
    failed.add('gateway_offset');
    const text = its ? `must be an address of ${subnet as string}` : 'stands with a subnet only';
    faults.of(definition, 'gateway', 'TYPE', text);
  }

  /** Where an address is: in the block of its site that it is in, unless the file names another one; or it is none of its own. */
  async #address(reading: Reading): Promise<void> {
    const { definition, fields, failed } = reading;
    const faults = this.#faults;
    const { ip, block, pointer } = definition.values;
    if (typeof pointer === 'string') {
      const name = await this.#names.address(definition, pointer);
      if (name?.key === undefined || name.failed) failed.add('pointer');
      fields['pointer'] = name?.key ?? null;
    }
    if (ip === undefined) return;
    if (typeof ip !== 'string') return faults.of(definition, 'ip', 'TYPE', 'must be a text');
    const full = typeof block === 'string' ? (block.includes('/') ? block : `${definition.site}/${block}`) : undefined;
    const site = full?.split('/')[0] ?? definition.site;
    const address = addressFrom(ip);
    const around = address === undefined ? undefined : await this.#blocks.around(site, address, full);
    if (address === undefined || !around) {
      failed.add('address_block').add('offset');
      const where = full !== undefined ? `the address block ${full}` : `any address block of the site ${site}`;
      return faults.of(
        definition,
        'ip',
        'INVALID_VALUE',
        address === undefined ? `"${ip}" is no address` : `${ip} is not in ${where}`,
      );
    }
    const found = await this.#names.resolve([around.block]);
    if (found?.key === undefined || found.failed) failed.add('address_block').add('offset');
    Object.assign(fields, { address_block: found?.key ?? null, offset: String(address - around.subnet.address) });
  }

  async #offsetIn(reading: Reading, block: string, ip: string): Promise<string | null> {
    const address = addressFrom(ip);
    const around =
      address === undefined ? undefined : await this.#blocks.around(reading.definition.site, address, block);
    if (address === undefined || !around) {
      this.#missing(reading, 'offset', `${ip} is not in the address block ${block}`);
      return null;
    }
    return String(address - around.subnet.address);
  }
}

interface Reading {
  readonly definition: Definition;
  readonly model: Model;
  readonly fields: Record<string, unknown>;
  readonly failed: Set<string>;
}

const hosts = (site: string, name: string): readonly Candidate[] => [
  { kind: 'structure', site, name },
  { kind: 'host', site, name },
];

function unknownKey(kind: KindName, { fields }: Model): string {
  const keys = Object.entries(fields)
    .filter(([name, { mode }]) => mode !== 'RO' && !OBJECT_KINDS[kind].implied.includes(name))
    .map(([name]) => OBJECT_KINDS[kind].keys[name] ?? name);
  const all = [...new Set([...OBJECT_KINDS[kind].own, ...keys])].toSorted();
  return `is no key of a ${OBJECT_KINDS[kind].called}; there are ${all.join(', ')}`;
}
