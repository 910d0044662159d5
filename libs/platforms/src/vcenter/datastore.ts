import type { AgentParametersOf } from '#platform';
import { element } from '../xml/xml.ts';
import type { VcenterContract } from './contract.ts';
import { datacenterNamed, hostIn, propertiesOf } from './inventory.ts';
import type { Vim } from './session.ts';
import { refOf, refsOf } from './session.ts';

type Order = Omit<AgentParametersOf<VcenterContract, 'create_datastore'>, 'connection'>;

/** Makes a datastore on the first disk of a host that is of a model; one of the name that the host has is taken. */
export async function createDatastore(vim: Vim, { datacenter, host, name, model }: Order): Promise<void> {
  const on = await hostIn(vim, await datacenterNamed(vim, datacenter), host);
  const its = await propertiesOf(vim, on, 'datastore', 'configManager.storageSystem', 'configManager.datastoreSystem');
  const known = await vim.read(refsOf(its['datastore']), 'name');
  if ([...known.values()].some((one) => one['name']?.text === name)) return;
  const [storage, datastores] = [its['configManager.storageSystem'], its['configManager.datastoreSystem']];
  if (!storage || !datastores) throw new Error(`host "${host}" at ${vim.host} has no storage that can be configured`);
  const { 'storageDeviceInfo.scsiLun': luns } = await propertiesOf(vim, refOf(storage), 'storageDeviceInfo.scsiLun');
  // Vendors fill models up with blanks.
  const disks = (luns?.all() ?? []).map((one) => ({
    model: one.at('model')?.text.trimEnd() ?? '',
    path: one.at('devicePath')?.text ?? '',
  }));
  const disk = disks.find((one) => one.model === model.trimEnd() && one.path !== '');
  if (!disk) {
    const models = [...new Set(disks.map((one) => one.model))].join(', ') || 'none';
    throw new Error(`host "${host}" at ${vim.host} has no disk of the model "${model}": it has ${models}`);
  }
  const options = await vim.call(
    'QueryVmfsDatastoreCreateOptions',
    refOf(datastores),
    element('devicePath', disk.path),
  );
  const spec = options.at('returnval', 'spec');
  if (!spec) throw new Error(`disk ${disk.path} of host "${host}" at ${vim.host} can hold no datastore`);
  const vmfs = spec.at('vmfs');
  await vim.call(
    'CreateVmfsDatastore',
    refOf(datastores),
    spec.copy('spec', { vmfs: vmfs?.copy('vmfs', { volumeName: element('volumeName', name) }) }),
  );
}
