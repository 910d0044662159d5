import type { Model } from '#api';
import { boundTo, may } from '#api';
import { blueprints, blueprintsFrom } from '#blueprint';
import { foundations, logicalInterfaces, networkeds, realInterfaces, structures } from '#building';
import { addresses } from '#ipam';
import type { Json, JsonMap } from '#kernel';
import { writeJson } from '#kernel';
import type { Key, ReadModel, View } from '#read-store';
import { sites, sitesWithin } from '#site';
import type { Compared } from './object-differences.ts';

/** How many hosts are compared by their configuration documents. */
export const MAX_HOSTS = 100;
/** How many sites within one, and blueprints from one, are followed. */
const MAX_BELOW = 1000;

/** What the configuration document of a host says otherwise, by its keys. */
export interface DocumentDifference extends JsonMap {
  readonly model: string;
  readonly id: Key;
  readonly name: string;
}

interface Host {
  readonly model: 'Building/Structure' | 'Building/Foundation';
  readonly id: Key;
}

/** Compares the configuration documents of the hosts that are concerned. */
export async function documentDifferences(compared: Compared, now: string) {
  const { catalogue, before, after, caller } = compared;
  const { hosts, cut } = await concerned(compared);
  const documents: DocumentDifference[] = [];
  if (boundTo(caller)) return { documents, compared: 0, cut };
  for (const { model: path, id } of hosts) {
    const model = catalogue.model(path);
    if (!model) continue;
    const [was, is] = [
      await documentOf(compared, model, id, before, now),
      await documentOf(compared, model, id, after, now),
    ];
    // What is new, or gone, is told by its object.
    if (!was || !is) continue;
    const values = differing(was, is);
    if (Object.keys(values).length > 0) documents.push({ model: path, id, name: nameIn(is, id), values });
  }
  return { documents, compared: hosts.length, cut };
}

const nameIn = (document: JsonMap, id: Key): string => {
  const { _hostname: host, _foundation_locator: locator } = document;
  return typeof host === 'string' ? host : typeof locator === 'string' ? locator : String(id);
};

async function documentOf(
  { caller }: Compared,
  model: Model,
  id: Key,
  view: View,
  now: string,
): Promise<JsonMap | undefined> {
  const action = model.actions?.getConfig;
  if (!action || !('query' in action.run) || !may(caller, action.permission) || !model.rows) return undefined;
  if ((await view.get(model.rows, id)) === undefined) return undefined;
  return (await action.run.query(id, {}, { caller, view, now })) as JsonMap;
}

/** The keys whose values differ. */
function differing(
  was: JsonMap,
  is: JsonMap,
): Readonly<Record<string, { readonly before: Json; readonly after: Json }>> {
  const found: Record<string, { before: Json; after: Json }> = {};
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    // Times at which something was last changed differ whenever anything does.
    if (key === '__last_modified') continue;
    const [before, after] = [was[key] ?? null, is[key] ?? null];
    if (writeJson(before) !== writeJson(after)) found[key] = { before, after };
  }
  return found;
}

/** The hosts whose documents may differ. */
async function concerned({
  before,
  after,
  touched,
}: Compared): Promise<{ readonly hosts: Host[]; readonly cut: boolean }> {
  const found = new Map<string, Host>();
  const add = (model: Host['model'], ids: Iterable<Key | null | undefined>): void => {
    for (const id of ids) if (id != null) found.set(`${model} ${id}`, { model, id });
  };
  const full = (): boolean => found.size > MAX_HOSTS;
  add('Building/Structure', [...(touched.get(structures) ?? []), ...(touched.get(networkeds) ?? [])]);
  add('Building/Foundation', touched.get(foundations) ?? []);
  for (const view of [after, before]) {
    const ofRows = async <Row extends object>(rows: ReadModel<Row>, pick: (row: Row) => Key | null | undefined) =>
      [...(await view.many(rows, [...(touched.get(rows) ?? [])])).values()].map(pick);
    add('Building/Structure', await ofRows(addresses, ({ holder }) => holder));
    add('Building/Structure', await ofRows(logicalInterfaces, ({ structure }) => structure));
    const below = new Set([
      ...(touched.get(foundations) ?? []),
      ...(await ofRows(realInterfaces, ({ foundation }) => foundation)),
    ]);
    add('Building/Foundation', below);
    const listed = async (model: Host['model'], rows: Parameters<View['keys']>[0], where: Record<string, Key>) =>
      add(model, (await view.keys(rows, { where, count: MAX_HOSTS + 1 })).keys);
    for (const foundation of below) {
      if (full()) break;
      if (foundation != null) await listed('Building/Structure', structures, { foundation });
    }
    for (const site of touched.get(sites) ?? []) {
      for (const one of await sitesWithin(view, String(site), MAX_BELOW)) {
        if (full()) break;
        await listed('Building/Structure', structures, { site: one });
        await listed('Building/Foundation', foundations, { site: one });
      }
    }
    for (const blueprint of touched.get(blueprints) ?? []) {
      for (const one of await blueprintsFrom(view, String(blueprint), MAX_BELOW)) {
        if (full()) break;
        await listed('Building/Structure', structures, { blueprint: one });
        await listed('Building/Foundation', foundations, { blueprint: one });
      }
    }
  }
  const hosts = [...found.values()];
  return { hosts: hosts.slice(0, MAX_HOSTS), cut: hosts.length > MAX_HOSTS };
}
