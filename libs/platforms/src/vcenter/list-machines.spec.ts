import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { taskContext } from '../../test/task-context.ts';
import { startVim, type VimAnswers, type VimStandIn } from '../../test/vim-stand-in.ts';
import { element, type XmlContent } from '../xml/xml.ts';
import { vcenter } from './agent.ts';

const MACHINES = 1000;
const property = (name: string, value: string) => element('propSet', [element('name', name), element('val', value)]);
const machine = (n: number) =>
  element('returnval', [
    element('obj', `vm-${n}`, { type: 'VirtualMachine' }),
    property('name', `node${n}`),
    property('config.instanceUuid', `uuid-${n}`),
    property('runtime.powerState', n % 2 === 0 ? 'poweredOn' : 'poweredOff'),
    property('config.template', String(n === 3)),
    ...(n === 1 ? [property('config.annotation', 'Made by Contractor, task 7-1')] : []),
  ]);
const ref = (type: string, id: string) => element('val', element('ManagedObjectReference', id, { type }));

/** What is answered, in the words of the documents of the API: whether a vCenter understands the questions is not tried. */
const answers: VimAnswers = {
  CreateContainerView: () => element('returnval', 'view-1', { type: 'ContainerView' }),
  RetrieveProperties: (asked) => {
    if (asked.includes('>view-1<')) return Array.from({ length: MACHINES }, (_, n) => machine(n));
    const of = (id: string, name: string, value: XmlContent) =>
      element('returnval', [element('obj', id), element('propSet', [element('name', name), value])]);
    if (asked.includes('childEntity')) return of('rootFolder', 'childEntity', ref('Datacenter', 'dc-1'));
    if (asked.includes('vmFolder')) return of('dc-1', 'vmFolder', element('val', 'folder-1', { type: 'Folder' }));
    if (asked.includes('config.hardware.device')) {
      const card = [element('key', 4000), element('macAddress', '00:50:56:00:00:01')];
      const device = element('VirtualDevice', card, { type: 'VirtualVmxnet3' });
      return of('vm-2', 'config.hardware.device', element('val', device));
    }
    return of('dc-1', 'name', element('val', 'DC0'));
  },
};

let stand: VimStandIn;
beforeAll(async () => {
  stand = await startVim(answers);
});
afterAll(() => stand.stop());

it('machines of a datacenter are listed by one call, and one for each whose MACs are asked for', async () => {
  const { host, calls } = stand;
  const connection = { host, credentials: { username: 'u', password: new Secret('p') } };
  const list = async (...asked: string[]) =>
    (await vcenter().tasks.list({ connection, datacenter: 'DC0', macs_of: asked }, taskContext())).machine_list;
  const all = await list();
  expect(all).toHaveLength(MACHINES);
  expect(all.slice(0, 4)).toEqual([
    { id: 'uuid-0', name: 'node0', power: 'on', macs: null, task: null },
    { id: 'uuid-1', name: 'node1', power: 'off', macs: null, task: '7-1' },
    { id: 'uuid-2', name: 'node2', power: 'on', macs: null, task: null },
    { id: 'uuid-3', name: 'node3', power: 'template', macs: null, task: null },
  ]);
  const before = calls.length;
  expect(calls.filter((one) => one === 'RetrieveProperties')).toHaveLength(4);
  expect((await list('uuid-2'))[2]).toMatchObject({ macs: ['00:50:56:00:00:01'] });
  expect(calls.length - before).toBe(before + 1);
});
