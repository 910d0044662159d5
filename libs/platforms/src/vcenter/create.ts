import type { TaskContext } from '#platform';
import { element, type Xml } from '../xml/xml.ts';
import { cloneSpec } from './clone-spec.ts';
import type { VcenterVm } from './contract.ts';
import { datacenterNamed, machineNamed } from './inventory.ts';
import { importOva } from './import-ova.ts';
import { annotationOf, makerOf, removeMachine, uuidOf } from './machines.ts';
import { placeOf } from './place.ts';
import { scratchConfig } from './scratch-config.ts';
import type { Ref, Vim } from './session.ts';
import { refElement } from './session.ts';

/** For which task a machine is made, and how it is waited for. */
export interface Making extends Pick<TaskContext, 'task' | 'signal' | 'debug'> {
  readonly pausesMs: readonly number[] | undefined;
}

/**
 * Makes a machine, or finds that of the same task; one that this task has left half made is made anew.
 * @returns its instance UUID @throws Error where another has its name
 */
export async function createMachine(vim: Vim, vm: VcenterVm, making: Making): Promise<string> {
  await datacenterNamed(vim, vm.datacenter);
  const same = await machineNamed(vim, vm.datacenter, vm.name);
  if (same) {
    const maker = await makerOf(vim, same);
    if (maker?.task !== making.task) {
      const whose = maker === undefined ? 'of somebody else' : 'which another attempt has left: roll the job back';
      const where = `in datacenter "${vm.datacenter}" at ${vim.host}`;
      throw new Error(`there is a machine "${vm.name}" ${where} already, ${whose}`);
    }
    if (maker.isComplete) return uuidOf(vim, same);
    await removeMachine(vim, same);
  }
  return uuidOf(vim, await made(vim, vm, making));
}

function made(vim: Vim, vm: VcenterVm, making: Making): Promise<Ref> {
  if (vm.ova !== undefined) return fromOva(vim, vm, making);
  const annotation = annotationOf(making.task);
  return vm.template === undefined ? fromScratch(vim, vm, annotation) : fromTemplate(vim, vm, annotation);
}

async function fromOva(vim: Vim, vm: VcenterVm, making: Making): Promise<Ref> {
  const place = await placeOf(vim, vm);
  const machine = await importOva(vim, vm, { place, annotation: annotationOf(making.task, true), ...making });
  await vim.finish('ReconfigVM_Task', machine, element('spec', element('annotation', annotationOf(making.task))));
  return machine;
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

function madeBy(vim: Vim, result: Xml | undefined): Ref {
  if (!result) throw new Error(`${vim.host} does not say which machine it has made`);
  return { type: 'VirtualMachine', id: result.text };
}
