import { element } from '../soap/xml.ts';
import { cloneSpec } from './clone-spec.ts';
import type { VcenterVm } from './contract.ts';
import { datacenterNamed, machineNamed } from './inventory.ts';
import { annotationOf, makerOf, uuidOf } from './machines.ts';
import { placeOf } from './place.ts';
import { scratchConfig } from './scratch-config.ts';
import type { Ref, Vim } from './session.ts';
import { refElement, refOf } from './session.ts';

/** Makes a machine, or finds that of the same task. @returns its instance UUID @throws Error where another has its name */
export async function createMachine(vim: Vim, vm: VcenterVm, task: string): Promise<string> {
  await datacenterNamed(vim, vm.datacenter);
  const same = await machineNamed(vim, vm.datacenter, vm.name);
  if (same) {
    const maker = await makerOf(vim, same);
    if (maker === task) return uuidOf(vim, same);
    const whose = maker === undefined ? 'of somebody else' : 'which another attempt has left: roll the job back';
    throw new Error(
      `there is a machine "${vm.name}" in datacenter "${vm.datacenter}" at ${vim.host} already, ${whose}`,
    );
  }
  if (vm.ova !== undefined)
    throw new Error(`machine "${vm.name}" is not made of ${vm.ova}: agents of this version read no OVAs`);
  const annotation = annotationOf(task);
  return uuidOf(
    vim,
    await (vm.template === undefined ? fromScratch(vim, vm, annotation) : fromTemplate(vim, vm, annotation)),
  );
}

async function fromScratch(vim: Vim, vm: VcenterVm, annotation: string): Promise<Ref> {
  const { folder, pool, host } = await placeOf(vim, vm);
  const config = await scratchConfig(vim, vm, host, annotation);
  return madeBy(
    vim,
    await vim.finish('CreateVM_Task', folder, [config, refElement('pool', pool), refElement('host', host)]),
  );
}

async function fromTemplate(vim: Vim, vm: VcenterVm, annotation: string): Promise<Ref> {
  const place = await placeOf(vim, vm);
  const template = await machineNamed(vim, vm.datacenter, vm.template ?? '');
  if (!template)
    throw new Error(`there is no template "${vm.template}" in datacenter "${vm.datacenter}" at ${vim.host}`);
  const spec = await cloneSpec(vim, vm, { template, place, annotation });
  const order = [refElement('folder', place.folder), element('name', vm.name), spec];
  return madeBy(vim, await vim.finish('CloneVM_Task', template, order));
}

function madeBy(vim: Vim, result: Parameters<typeof refOf>[0] | undefined): Ref {
  if (!result) throw new Error(`${vim.host} does not say which machine it has made`);
  return { type: 'VirtualMachine', id: result.text };
}
