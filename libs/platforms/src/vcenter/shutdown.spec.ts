import { afterEach, expect, it } from '@jest/globals';
import { Secret } from '#kernel';
import { taskContext } from '../../test/task-context.ts';
import { startVim, VimFault, type VimStandIn } from '../../test/vim-stand-in.ts';
import { element } from '../xml/xml.ts';
import { vcenter } from './agent.ts';

let stand: VimStandIn;
afterEach(() => stand.stop());

/** Asks a machine that is on for a state, where the host refuses to shut its guest down with a fault. */
async function asked(state: 'off' | 'soft_off', fault: string) {
  stand = await startVim({
    FindByUuid: () => element('returnval', 'vm-1', { type: 'VirtualMachine' }),
    RetrieveProperties: (question) => {
      const [id, name, value] = question.includes('>task-1<')
        ? ['task-1', 'info', element('val', element('state', 'success'))]
        : ['vm-1', 'runtime.powerState', element('val', isOff ? 'poweredOff' : 'poweredOn')];
      return element('returnval', [element('obj', id), element('propSet', [element('name', name), value])]);
    },
    ShutdownGuest: () => {
      throw new VimFault(fault, 'it is refused');
    },
    PowerOffVM_Task: () => {
      if (fault === 'NoPermission') throw new VimFault(fault, 'it is refused');
      isOff = true;
      return element('returnval', 'task-1', { type: 'Task' });
    },
  });
  let isOff = false;
  const connection = { host: stand.host, credentials: { username: 'u', password: new Secret('p') } };
  const { tasks } = vcenter({ pausesMs: [1] });
  return tasks.set_power({ connection, uuid: 'uuid-1', name: 'node01', state }, taskContext());
}

it.each([
  ['TaskInProgress', 'on', false],
  ['InvalidState', 'on', false],
  ['NoPermission', 'on', false],
  ['ToolsUnavailable', 'off', true],
])('a machine that refuses to shut itself down with %s is %s then', async (fault, state, isSwitchedOff) => {
  expect(await asked('soft_off', fault)).toEqual({ state });
  expect(stand.calls.includes('PowerOffVM_Task')).toBe(isSwitchedOff);
});

it('a machine that is not switched off is told', async () => {
  await expect(asked('off', 'NoPermission')).rejects.toThrow('refuses PowerOffVM_Task: it is refused');
});
