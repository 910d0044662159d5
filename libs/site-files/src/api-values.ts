import type { Catalogue, Field, Model, Values } from '#api';
import { formatAddress, InvalidAddress, isIpv4, parseAddress } from '#ipam';
import type { Json } from '#kernel';
import type { Key } from '#read-store';
import type { Definition } from './definition.ts';
import { idOf } from './definition.ts';
import type { KindName } from './object-kinds.ts';
import { fieldOf, OBJECT_KINDS } from './object-kinds.ts';
import { whyNot } from './read-value.ts';
import type { Candidate } from './references.ts';
import { candidates } from './references.ts';
import type { SiteContents } from './site-contents.ts';
import type { SiteFaults } from './site-faults.ts';

/** What has become of an object that others refer to. */
interface Referred {
  readonly key: Key | undefined;
  readonly failed: boolean;
}

interface Parts {
  readonly catalogue: Catalogue;
  readonly contents: SiteContents;
  readonly faults: SiteFaults;
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Applies a definition, where that has not been done; undefined: it is being applied. */
  outcome(definition: Definition): Promise<Referred | undefined>;
}

/** The values that a definition gives to fields of the API. */
export interface Given {
  readonly fields: Values;
  /** Fields that refer to what has failed, or are at fault: what else is said of them is not told. */
  readonly failed: ReadonlySet<string>;
}

/** A block as far as addresses are concerned: its name, and where it begins and ends. */
interface Around {
  readonly definition: Candidate;
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads the values of definitions for the API: names become ids, addresses become places in blocks. */
export class ApiValues {
  readonly #parts: Parts;
  readonly #blocks = new Map<string, Promise<readonly Around[]>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async of(definition: Definition, model: Model): Promise<Given> {
    const { faults } = this.#parts;
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
    const { faults } = this.#parts;
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
        const found = await this.#refer(definition, key, 'Building/Structure', one);
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
      const found = await this.#resolve([{ kind: referred, site: at, name }]);
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
        const host = await this.#resolve(hosts(site, of));
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
    const { faults } = this.#parts;
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
      const found = await this.#refer(definition, field.list ? `${key}.${n}` : key, type.model, text);
      if (found?.key === undefined || found.failed) failed.add(name);
      ids.push(found?.key);
    }
    fields[name] = field.list ? ids.filter((id) => id !== undefined) : (ids[0] ?? null);
  }

  /** What a name in a file leads to; where that is nothing, it is a fault of the key. */
  async #refer(definition: Definition, key: string, model: string, text: string): Promise<Referred | undefined> {
    const { catalogue, faults } = this.#parts;
    if (model === 'Utilities/NetworkInterface') return this.#interface(definition, key, text);
    const tried = candidates(catalogue, model, text, definition);
    if (!tried) return { key: text, failed: false };
    const found = await this.#resolve(tried);
    if (!found)
      faults.of(definition, key, 'INVALID_VALUE', `there is no ${OBJECT_KINDS[tried[0]!.kind].called} ${text}`);
    return found;
  }

  /** An interface that another one is made of: of the foundation, else of the structure (`structure/eth0`: only that). */
  async #interface(definition: Definition, key: string, text: string): Promise<Referred | undefined> {
    const { contents, definitions, faults } = this.#parts;
    const { of, site } = definition;
    const [prefix, inner] = text.split('/');
    const name = inner === undefined ? text : inner;
    const host = definitions.get(`structure ${of}`);
    const there = await contents.find('structure', of, site);
    const locator = host?.values['foundation'] ?? there?.fields['foundation'];
    const tried: Candidate[] = [
      ...(prefix !== 'structure' || inner === undefined
        ? [{ kind: 'interface', site, name: `${String(locator)} ${name}` } as const]
        : []),
      { kind: 'logical', site, name: `${of} ${name}` },
    ];
    const found = await this.#resolve(tried);
    if (!found) faults.of(definition, key, 'INVALID_VALUE', `there is no interface ${text} of it or its foundation`);
    return found;
  }

  async #resolve(tried: readonly Candidate[]): Promise<Referred | undefined> {
    const { definitions, contents, outcome } = this.#parts;
    for (const one of tried) {
      const definition = definitions.get(idOf(one));
      if (definition) return (await outcome(definition)) ?? { key: undefined, failed: true };
    }
    for (const { kind, name, site } of tried) {
      const found = await contents.find(kind, name, site);
      if (found) return { key: found.key, failed: false };
    }
    return undefined;
  }

  #missing({ definition, failed }: Reading, field: string, text: string): void {
    failed.add(field);
    this.#parts.faults.of(definition, '', 'INVALID_VALUE', text);
  }

  /** `10.0.0.0/24`, and the gateway by its address. */
  #block({ definition, fields, failed }: Reading): void {
    const { faults } = this.#parts;
    const { subnet, gateway } = definition.values;
    const range = typeof subnet === 'string' ? rangeOf(subnet) : undefined;
    if (subnet !== undefined && !range) {
      faults.of(definition, 'subnet', 'TYPE', 'must be a subnet: "10.0.0.0/24"');
      for (const field of ['subnet', 'prefix', 'gateway_offset']) failed.add(field);
      return;
    }
    if (range) Object.assign(fields, { subnet: formatAddress(range.first), prefix: range.prefix });
    if (gateway === null) fields['gateway_offset'] = null;
    if (gateway === undefined || gateway === null) return;
    const address = typeof gateway === 'string' ? addressFrom(gateway) : undefined;
    if (range && address !== undefined && address >= range.first && address <= range.last) {
      fields['gateway_offset'] = String(address - range.first);
      return;
    }
    failed.add('gateway_offset');
    const text = range ? `must be an address of ${subnet as string}` : 'stands with a subnet only';
    faults.of(definition, 'gateway', 'TYPE', text);
  }

  /** Where an address is: in the block of its site that it is in, unless the file names another one; or it is none of its own. */
  async #address(reading: Reading): Promise<void> {
    const { definition, fields, failed } = reading;
    const { faults } = this.#parts;
    const { ip, block, pointer } = definition.values;
    if (typeof pointer === 'string') {
      const name = await this.#pointer(definition, pointer);
      if (name?.key === undefined || name.failed) failed.add('pointer');
      fields['pointer'] = name?.key ?? null;
    }
    if (ip === undefined) return;
    if (typeof ip !== 'string') return faults.of(definition, 'ip', 'TYPE', 'must be a text');
    const full = typeof block !== 'string' || block.includes('/') ? block : `${definition.site}/${block}`;
    const site = typeof full === 'string' ? (full.split('/')[0] ?? '') : definition.site;
    const address = addressFrom(ip);
    const around =
      address === undefined
        ? undefined
        : (await this.#blocksOf(site)).find(
            ({ first, last, definition: { name } }) =>
              address >= first && address <= last && (typeof full !== 'string' || full === name),
          );
    if (address === undefined || !around) {
      failed.add('address_block').add('offset');
      const where = typeof full === 'string' ? `the address block ${full}` : `any address block of the site ${site}`;
      return faults.of(
        definition,
        'ip',
        'INVALID_VALUE',
        address === undefined ? `"${ip}" is no address` : `${ip} is not in ${where}`,
      );
    }
    const found = await this.#resolve([around.definition]);
    if (found?.key === undefined || found.failed) failed.add('address_block').add('offset');
    Object.assign(fields, { address_block: found?.key ?? null, offset: String(address - around.first) });
  }

  /** `HOST INTERFACE[:ALIAS]`, with the site in front where it is another one. */
  async #pointer(definition: Definition, text: string): Promise<Referred | undefined> {
    const space = text.indexOf(' ');
    const host = text.slice(0, Math.max(0, space));
    const name = `${host.includes('/') ? host : `${definition.site}/${host}`}${text.slice(space)}`;
    const site = host.includes('/') ? (host.split('/')[0] ?? '') : definition.site;
    const found = await this.#resolve([{ kind: 'address', site, name }]);
    if (!found) this.#parts.faults.of(definition, 'pointer', 'INVALID_VALUE', `there is no address "${text}"`);
    return found;
  }

  async #offsetIn(reading: Reading, block: string, ip: string): Promise<string | null> {
    const address = addressFrom(ip);
    const around = (await this.#blocksOf(reading.definition.site)).find(({ definition }) => definition.name === block);
    if (address === undefined || !around || address < around.first || address > around.last) {
      this.#missing(reading, 'offset', `${ip} is not in the address block ${block}`);
      return null;
    }
    return String(address - around.first);
  }

  /** The blocks of a site, as they will be. */
  #blocksOf(site: string): Promise<readonly Around[]> {
    let known = this.#blocks.get(site);
    if (!known) this.#blocks.set(site, (known = this.#readBlocks(site)));
    return known;
  }

  async #readBlocks(site: string): Promise<Around[]> {
    const { contents, definitions } = this.#parts;
    await contents.read(site);
    const subnets = new Map<string, string>();
    for (const { name, fields } of contents.of('block', site)) {
      subnets.set(name, `${String(fields['subnet'])}/${String(fields['prefix'])}`);
    }
    for (const { kind, of, name, values } of definitions.values()) {
      if (kind === 'block' && of === site && typeof values['subnet'] === 'string') subnets.set(name, values['subnet']);
    }
    return [...subnets].flatMap(([name, subnet]) => {
      const range = rangeOf(subnet);
      return range ? [{ definition: { kind: 'block', site, name } as const, ...range }] : [];
    });
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

/** The first and last address of `10.0.0.0/24`, whichever of its addresses is given; undefined: it is no subnet. */
function rangeOf(subnet: string) {
  const [text = '', digits = '', ...more] = subnet.split('/');
  const address = addressFrom(text);
  const prefix = Number(digits);
  if (address === undefined || more.length > 0 || !/^\d{1,3}$/.test(digits)) return undefined;
  const bits = (isIpv4(address) ? 32 : 128) - prefix;
  if (bits < 0) return undefined;
  const size = 1n << BigInt(bits);
  const first = address - (address % size);
  return { first, last: first + size - 1n, prefix };
}

function addressFrom(text: string): bigint | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof InvalidAddress) return undefined;
    throw error;
  }
}

function unknownKey(kind: KindName, { fields }: Model): string {
  const keys = Object.entries(fields)
    .filter(([name, { mode }]) => mode !== 'RO' && !OBJECT_KINDS[kind].implied.includes(name))
    .map(([name]) => OBJECT_KINDS[kind].keys[name] ?? name);
  const all = [...new Set([...OBJECT_KINDS[kind].own, ...keys])].toSorted();
  return `is no key of a ${OBJECT_KINDS[kind].called}; there are ${all.join(', ')}`;
}
