import type { Catalogue } from '#api';
import { may, permissionFor } from '#api';
import { exportResources, pxes, writeKey, writeValue } from '#blueprint';
import { parseAddress } from '#ipam';
import type { Caller, JsonMap } from '#kernel';
import { objectOf, pauseBetweenSlices, refuse } from '#kernel';
import type { View } from '#read-store';
import { asRanges } from './address-range.ts';
import type { NamedObject } from './definition.ts';
import type { KindName } from './object-kinds.ts';
import { KIND_NAMES, OBJECT_KINDS } from './object-kinds.ts';
import { shownObject } from './shown-object.ts';
import type { Existing } from './site-contents.ts';
import { SiteContents } from './site-contents.ts';
import { writeSiteFile } from './write-site-file.ts';

/** What a file is made of. */
interface Exporting {
  readonly catalogue: Catalogue;
  readonly view: View;
  readonly caller: Caller;
}

/**
 * A file of some sites with all that is in them, and of what they need: the sites around them and those they refer to, their
 * zones, blueprints with scripts, and PXEs. Applied to an empty server it makes the same sites. Secrets are masked in it.
 * @throws Refusal where there is no such site, or the caller may not see all that would be in it
 */
export async function exportSites(names: readonly string[], { catalogue, view, caller }: Exporting): Promise<string> {
  for (const kind of KIND_NAMES) {
    const model = catalogue.model(OBJECT_KINDS[kind].model);
    const permission = model && permissionFor(model, 'view');
    if (permission && !may(caller, permission)) {
      const grant = typeof permission === 'object' ? permission.grant : permission;
      throw refuse('sites', 'FORBIDDEN', `this takes the permission ${grant}`);
    }
  }
  const contents = new SiteContents(catalogue, view);
  await contents.read('');
  for (const name of names) {
    if (!(await contents.find('site', name, name))) {
      throw refuse('sites', 'INVALID_VALUE', `there is no site ${name}`);
    }
  }
  const shown = await showAll(contents, catalogue, names);
  const sites = [...new Set(shown.map(([{ site }]) => site))].filter((site) => site !== '').toSorted();
  const blueprints = usedBluePrints(shown);
  const resources = blueprints.length === 0 ? '' : await exportResources(view, blueprints);
  const heading = `# ${sites.length === 1 ? 'the site' : 'the sites'} ${sites.join(', ')}, and what is needed for it\n`;
  const pxeText = await otherPxes(view, shown, resources);
  return [heading, resources, pxeText, writeSiteFile(nested(shown))].filter((part) => part !== '').join('\n');
}

type Shown = readonly [object: Existing, values: JsonMap];

/** Objects of sites and of all sites these refer to, in the order of the file. */
async function showAll(contents: SiteContents, catalogue: Catalogue, names: readonly string[]): Promise<Shown[]> {
  const pause = pauseBetweenSlices();
  const wanted = new Set(names);
  const shown = new Map<string, Shown>();
  const zones = new Set<string>();
  for (const site of wanted) {
    await contents.read(site);
    for (const one of [...contents.objects].filter((each) => each.site === site)) {
      const values = await shownObject(one, { catalogue, contents });
      await pause();
      shown.set(`${one.kind} ${one.name}`, [one, values]);
      for (const away of sitesIn(one, values)) wanted.add(away);
      if (one.kind === 'site' && typeof values['zone'] === 'string') zones.add(values['zone']);
    }
  }
  const plots = new Set([...shown.values()].flatMap(([, { plot }]) => (typeof plot === 'string' ? [plot] : [])));
  for (const name of plots) {
    const one = await contents.find('plot', name, '');
    if (!one) continue;
    const values = await shownObject(one, { catalogue, contents });
    shown.set(`plot ${name}`, [one, values]);
    if (typeof values['parent'] === 'string') plots.add(values['parent']);
  }
  const within = (zone: string): boolean => [...zones].some((one) => one === zone || one.endsWith(`.${zone}`));
  for (const one of contents.objects) {
    if (one.site !== '' || one.kind === 'plot') continue;
    if (!within(one.kind === 'zone' ? one.name : one.of)) continue;
    shown.set(`${one.kind} ${one.name}`, [one, await shownObject(one, { catalogue, contents })]);
  }
  return [...shown.values()].toSorted(([one], [other]) => compare(one, other));
}

/** Other sites that an object refers to. */
function* sitesIn({ kind, own, site }: Existing, values: JsonMap): Generator<string> {
  if (kind === 'site' && typeof values['parent'] === 'string') yield values['parent'];
  if (kind === 'link' && own.split('/')[0] !== site) yield own.split('/')[0] ?? '';
  for (const key of ['network', 'block', 'structure', 'script_structure', 'dependency', 'pointer', 'members']) {
    for (const text of [values[key] ?? []].flat()) {
      const [away, more] = typeof text === 'string' ? text.split('/') : [];
      if (more !== undefined && away !== undefined && kind !== 'logical') yield away;
    }
  }
}

const compare = (one: NamedObject, other: NamedObject): number =>
  KIND_NAMES.indexOf(one.kind) - KIND_NAMES.indexOf(other.kind) || (sortKey(one) < sortKey(other) ? -1 : 1);

/** Zones stand behind those around them. */
const sortKey = ({ kind, name }: NamedObject): string =>
  kind === 'zone' ? name.split('.').toReversed().join('.') : name;

const usedBluePrints = (shown: readonly Shown[]): string[] =>
  [...new Set(shown.flatMap(([, { blueprint }]) => (typeof blueprint === 'string' ? [blueprint] : [])))].toSorted();

/** PXEs that interfaces and addresses name and no blueprint. */
async function otherPxes(view: View, shown: readonly Shown[], resources: string): Promise<string> {
  const names = new Set(shown.flatMap(([, { pxe }]) => (typeof pxe === 'string' ? [pxe] : [])));
  const missing = [...names].filter((name) => !resources.includes(`[pxe.${writeKey(name)}]`)).toSorted();
  const found = await view.many(pxes, missing);
  return missing
    .flatMap((name) => {
      const one = found.get(name);
      if (!one) return [];
      const lines = [`boot_script = ${writeValue(one.bootScript)}`, `template = ${writeValue(one.template)}`];
      return [`[pxe.${writeKey(name)}]\n${lines.join('\n')}\n`];
    })
    .join('\n');
}

/** The objects as they stand within each other in a file. */
function nested(shown: readonly Shown[]): JsonMap {
  const group = groupBy(shown);
  const among = (kind: KindName, name: string): readonly Shown[] => group.get(`${kind} ${name}`) ?? [];
  const table = (kind: KindName, name: string, more: (one: Shown) => JsonMap = () => ({})): JsonMap =>
    tableOf(
      kind,
      among(kind, name).map((one) => [one[0].own, { ...one[1], ...more(one) }] as const),
    );
  const list = (key: string, kind: KindName, name: string): JsonMap => {
    const items = among(kind, name).map(([, values]) => values);
    return items.length === 0 ? {} : { [key]: items };
  };
  const pool = (kind: 'reserved' | 'dynamic', field: string, block: string): JsonMap => {
    const items = among(kind, block).map(
      ([{ own }, values]) => [parseAddress(own), typeof values[field] === 'string' ? values[field] : ''] as const,
    );
    return items.length === 0 ? {} : { [kind]: objectOf(asRanges(items)) };
  };
  const links = ({ name, site }: Existing): JsonMap => {
    const items = among('link', name).map(([one, values]) => {
      const block = one.own.startsWith(`${site}/`) ? one.own.slice(site.length + 1) : one.own;
      return values['vlan'] === undefined ? block : { block, vlan: values['vlan'] };
    });
    return items.length === 0 ? {} : { blocks: items };
  };
  const sites = shown
    .filter(([{ kind }]) => kind === 'site')
    .map(([{ name }, values]) => {
      const inner = {
        ...values,
        ...table('block', name, ([one]) => ({
          ...pool('reserved', 'reason', one.name),
          ...pool('dynamic', 'pxe', one.name),
        })),
        ...table('network', name, ([one]) => links(one)),
        ...table('complex', name),
        ...table('foundation', name, ([one]) => table('interface', one.name)),
        ...table('host', name, ([one]) => list('address', 'address', one.name)),
        ...table('structure', name, ([one]) => ({
          ...list('address', 'address', one.name),
          ...tableOf(
            'interface',
            among('logical', one.name).map(([each, its]) => [each.own, its] as const),
          ),
        })),
        ...table('dependency', name),
      };
      return [name, inner] as const;
    });
  const zones = shown
    .filter(([{ kind }]) => kind === 'zone')
    .map(([{ name }, values]) => {
      const entries = list('entries', 'entry', name);
      return [name, { ...values, ...entries }] as const;
    });
  return {
    ...tableOf(
      'plot',
      shown.filter(([{ kind }]) => kind === 'plot').map(([{ name }, values]) => [name, values] as const),
    ),
    ...(zones.length === 0 ? {} : { zone: objectOf(zones) }),
    ...(sites.length === 0 ? {} : { site: objectOf(sites) }),
  };
}

const tableOf = (key: string, pairs: readonly (readonly [string, JsonMap])[]): JsonMap =>
  pairs.length === 0 ? {} : { [key]: objectOf(pairs) };

function groupBy(shown: readonly Shown[]): ReadonlyMap<string, Shown[]> {
  const groups = new Map<string, Shown[]>();
  for (const one of shown) {
    const key = `${one[0].kind} ${one[0].of}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
