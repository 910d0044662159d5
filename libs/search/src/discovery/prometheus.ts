import type { Json } from '#kernel';
import { numberIn, writeJson } from '#kernel';
import type { Host } from './hosts.ts';

/** A group of targets as Prometheus takes them from HTTP service discovery: all values are text. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a host is scraped. */
export interface Scraped {
  /** By its address or by its name. */
  readonly by: 'address' | 'fqdn';
  readonly port: number | null;
  /** The configuration value that says on which port, or ports; hosts without it are left out. */
  readonly portKey: string | null;
}

/** A name as those of labels are: letters, digits and `_`. */
const labelName = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]/g, '_');

/** A value as text: items of a list with commas around each, so that `,web,` finds one of them. */
const labelValue = (value: Json): string => {
  if (Array.isArray(value)) return `,${(value as Json[]).map(labelValue).join(',')},`;
  return typeof value === 'string' ? value : value === null ? '' : writeJson(value);
};

const META = '__meta_contractor_';

/** The host as a target; undefined where it has no address or name, or no port where one is asked of it. */
export function targetGroup(host: Host, { by, port, portKey }: Scraped): TargetGroup | undefined {
  const name = by === 'fqdn' ? (host.fqdn ?? host.hostname) : host.address;
  if (name === null) return undefined;
  const ports = portKey === null ? [port] : portsIn(host.values[portKey]);
  if (ports.length === 0) return undefined;
  const written = name.includes(':') ? `[${name}]` : name;
  const of = (value: Readonly<Record<string, Json>>, prefix: string): [string, string][] =>
    Object.entries(value).map(([key, one]) => [`${META}${prefix}${labelName(key)}`, labelValue(one)]);
  const { id, hostname, fqdn, site, blueprint, state, foundation, owner, address, labels, values } = host;
  const about = { id, hostname, fqdn, site, blueprint, state, foundation, owner, address };
  return {
    targets: ports.map((one) => (one === null ? written : `${written}:${one}`)),
    labels: Object.fromEntries([...of(about, ''), ...of(labels, 'label_'), ...of(values, 'value_')]),
  };
}

function portsIn(value: Json | undefined): number[] {
  return [value ?? []].flat().flatMap((one) => {
    const port = typeof one === 'string' && /^\d{1,5}$/.test(one) ? Number(one) : numberIn(one);
    return port !== undefined && Number.isInteger(port) && port > 0 && port < 65_536 ? [port] : [];
  });
}
