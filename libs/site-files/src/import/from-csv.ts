import type { Json } from '#kernel';
import { numberIn, parseJson, refuse, writeJson } from '#kernel';
import type { ConversionOptions, Converted, Table } from './converted.ts';
import { addTo, converted, put, tableAt } from './converted.ts';
import { readCsv } from './csv.ts';

/** The columns of a file of hosts; beside them `label:KEY` and `config:KEY`. */
export const CSV_COLUMNS = [
  'site',
  'hostname',
  'blueprint',
  'foundation',
  'foundation_type',
  'foundation_blueprint',
  'complex',
  'interface',
  'physical_location',
  'mac',
  'network',
  'provisioning',
  'ip',
  'address_block',
  'primary',
  'state',
  'owner',
] as const;
type Column = (typeof CSV_COLUMNS)[number];

const KEYED = /^(label|config):(.+)$/;
const YES = ['yes', 'true', '1', 'y', 'x'];

/**
 * The site file of a CSV file of hosts: one row for each interface; rows of the same site and host name belong together.
 * @throws Refusal with every fault, by line and column
 */
export function fromCsv(file: string, text: string, options: ConversionOptions): Converted {
  const [header, ...rows] = readCsv(text);
  if (!header) throw refuse(file, 'BLANK', 'there is no line with the names of the columns');
  const columns = header.cells.map((cell) => cell.toLowerCase().replace(/^(label|config):.*$/, () => cell));
  const unknown = columns.filter((name) => !KEYED.test(name) && !(CSV_COLUMNS as readonly string[]).includes(name));
  if (unknown.length > 0) {
    const known = `${CSV_COLUMNS.join(', ')}, label:KEY, config:KEY`;
    throw refuse(`${file}:1`, 'COLUMN', `no such column: ${unknown.join(', ')}; there are ${known}`);
  }
  if (!columns.includes('hostname')) throw refuse(`${file}:1`, 'COLUMN', 'the column hostname is missing');
  const document: Table = {};
  const warnings: string[] = [];
  for (const { line, cells } of rows) {
    const of = (column: Column): string => cells[columns.indexOf(column)] ?? '';
    const site = of('site') || options.site;
    const hostname = of('hostname');
    if (hostname === '') {
      warnings.push(`${file}:${line}: hostname: is empty; the line was left out`);
      continue;
    }
    if (!site) throw refuse(`${file}:${line}`, 'BLANK', 'site: is empty, and no site was given');
    const structure = tableAt(document, 'site', site, 'structure', hostname);
    const locator = of('foundation') || (structure['foundation'] as string | undefined) || hostname;
    const foundation = tableAt(document, 'site', site, 'foundation', locator);
    put(foundation, {
      type: of('foundation_type') || foundation['type'] || options.type,
      blueprint: of('foundation_blueprint') || foundation['blueprint'] || options.foundationBlueprint,
      complex_host: of('complex'),
      state: of('state'),
    });
    put(structure, {
      blueprint: of('blueprint') || structure['blueprint'] || options.blueprint,
      foundation: locator,
      owner: of('owner'),
      state: of('state') === 'located' ? '' : of('state'),
    });
    for (const [n, name] of columns.entries()) {
      const [, what, key] = KEYED.exec(name) ?? [];
      const value = cells[n] ?? '';
      if (key === undefined || value === '') continue;
      if (what === 'label') tableAt(structure, 'labels')[key] = value;
      else tableAt(structure, 'config_values')[key] = configValue(value);
    }
    const name = of('interface') || 'eth0';
    if (of('network') !== '') {
      put(tableAt(foundation, 'interface', name), {
        network: of('network'),
        physical_location: of('physical_location') || name,
        mac: of('mac'),
        ...(YES.includes(of('provisioning').toLowerCase()) ? { is_provisioning: true } : {}),
      });
    } else if (of('mac') !== '') warnings.push(`${file}:${line}: mac: an interface without a network was left out`);
    if (of('ip') === '') continue;
    const first = !Array.isArray(structure['address']);
    const primary = of('primary') === '' ? first : YES.includes(of('primary').toLowerCase());
    addTo(structure, 'address', {
      interface: name,
      ip: of('ip'),
      ...(of('address_block') === '' ? {} : { block: of('address_block') }),
      ...(primary ? { primary: true } : {}),
    });
  }
  return converted(`hosts of ${file}`, document, warnings);
}

/**
 * A number, a truth value, a list or a map as JSON has them; everything else is text. So is a number that would be written
 * otherwise: `1.10` may be a version, and `12e4` the name of a host.
 */
function configValue(text: string): Json {
  if (!/^(?:-?\d|true$|false$|\[|\{)/.test(text)) return text;
  let value: Json;
  try {
    value = parseJson(text) as Json;
  } catch {
    return text;
  }
  return numberIn(value) === undefined || writeJson(value) === text ? value : text;
}
