import { element } from '../xml/xml.ts';
import type { Properties, Ref, Vim } from './session.ts';
import { refOf, refsOf } from './session.ts';

/** The one of some objects, of any types, that has a name. @throws Error where none has */
async function named(vim: Vim, objects: readonly Ref[], name: string, what: string): Promise<Ref> {
  const seen: string[] = [];
  for (const type of new Set(objects.map((one) => one.type))) {
    const ofType = objects.filter((one) => one.type === type);
    const names = await vim.read(ofType, 'name');
    for (const one of ofType) {
      const its = names.get(one.id)?.['name']?.text;
      if (its === name) return one;
      if (its !== undefined) seen.push(its);
    }
  }
  throw new Error(`there is no ${what} "${name}" at ${vim.host}: it has ${seen.join(', ') || 'none'}`);
}

/** Properties of one object. @throws Error where it is gone */
export async function propertiesOf(vim: Vim, object: Ref, ...paths: readonly string[]): Promise<Properties> {
  const found = (await vim.read([object], ...paths)).get(object.id);
  if (!found) throw new Error(`${object.type} ${object.id} at ${vim.host} is gone`);
  return found;
}

/** A datacenter, by its name. */
export async function datacenterNamed(vim: Vim, name: string): Promise<Ref> {
  const root = await propertiesOf(vim, vim.service('rootFolder'), 'childEntity');
  const all = refsOf(root['childEntity']).filter(({ type }) => type === 'Datacenter');
  return named(vim, all, name, 'datacenter');
}

/** A cluster of hosts, or a host by itself, with what is made in it. */
export interface Cluster {
  readonly name: string;
  readonly hosts: readonly Ref[];
  readonly pool: Ref;
}

/** A cluster of a datacenter, by its name. */
export async function clusterNamed(vim: Vim, datacenter: Ref, name: string): Promise<Cluster> {
  const { hostFolder } = await propertiesOf(vim, datacenter, 'hostFolder');
  const folder = hostFolder && (await propertiesOf(vim, refOf(hostFolder), 'childEntity'));
  const found = await named(vim, refsOf(folder?.['childEntity']), name, 'cluster');
  const { host, resourcePool } = await propertiesOf(vim, found, 'host', 'resourcePool');
  if (!resourcePool) throw new Error(`cluster "${name}" at ${vim.host} has no resource pool`);
  return { name, hosts: refsOf(host), pool: refOf(resourcePool) };
}

/** A host of a cluster, by its name. */
export const hostNamed = (vim: Vim, { hosts, name: cluster }: Cluster, name: string): Promise<Ref> =>
  named(vim, hosts, name, `host of cluster "${cluster}" called`);

/** A host of a datacenter, by its name, whichever cluster it is in. */
export async function hostIn(vim: Vim, datacenter: Ref, name: string): Promise<Ref> {
  const { hostFolder } = await propertiesOf(vim, datacenter, 'hostFolder');
  const all = hostFolder ? await vim.readBelow(refOf(hostFolder), 'HostSystem', 'name') : new Map<string, Properties>();
  for (const [id, its] of all) if (its['name']?.text === name) return { type: 'HostSystem', id };
  const names = [...all.values()].map((its) => its['name']?.text).join(', ') || 'none';
  throw new Error(`there is no host "${name}" at ${vim.host}: it has ${names}`);
}

/** A datastore of a host, by its name. */
export async function datastoreNamed(vim: Vim, host: Ref, name: string): Promise<Ref> {
  const { datastore } = await propertiesOf(vim, host, 'datastore');
  return named(vim, refsOf(datastore), name, 'datastore');
}

/** A network of a host, by its name. */
export async function networkNamed(vim: Vim, host: Ref, name: string): Promise<Ref> {
  const { network } = await propertiesOf(vim, host, 'network');
  return named(vim, refsOf(network), name, 'network');
}

/** The folder of the machines of a datacenter. */
export async function machineFolder(vim: Vim, datacenter: Ref): Promise<Ref> {
  const { vmFolder } = await propertiesOf(vim, datacenter, 'vmFolder');
  if (!vmFolder) throw new Error(`the datacenter at ${vim.host} has no folder for machines`);
  return refOf(vmFolder);
}

/** A machine or a template of a datacenter, by its name; undefined where there is none. */
export async function machineNamed(vim: Vim, datacenter: string, name: string): Promise<Ref | undefined> {
  const path = element('inventoryPath', `/${datacenter}/vm/${name}`);
  const found = (await vim.call('FindByInventoryPath', vim.service('searchIndex'), path)).at('returnval');
  return found && refOf(found);
}

/** A machine by its instance UUID; undefined where there is none. */
export async function machineByUuid(vim: Vim, uuid: string): Promise<Ref | undefined> {
  const order = [element('uuid', uuid), element('vmSearch', true), element('instanceUuid', true)];
  const found = (await vim.call('FindByUuid', vim.service('searchIndex'), order)).at('returnval');
  return found && refOf(found);
}
