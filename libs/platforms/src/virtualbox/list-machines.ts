import type { AskedMacs } from '../machine/asked-macs.ts';
import { makerOf, uuidOf } from './create.ts';
import { stateOf } from './machines.ts';
import type { Vbox } from './session.ts';

/**
 * The machines of a host. The web service lists handles and nothing else, so each machine is asked what it is; one whose
 * files cannot be read knows no more than its UUID.
 */
export async function listMachines(vbox: Vbox, macs: AskedMacs) {
  const { call, all, root } = vbox;
  const listed = [];
  for (const machine of await all('IVirtualBox_getMachines', root)) {
    const isRead = (await call('IMachine_getAccessible', machine)) === 'true';
    const id = await uuidOf(vbox, machine);
    listed.push({
      id,
      name: isRead ? await call('IMachine_getName', machine) : '',
      power: isRead ? await stateOf(vbox, machine) : 'inaccessible',
      macs: isRead ? await macs(id, () => macsOf(vbox, machine)) : null,
      task: isRead ? ((await makerOf(vbox, machine)) ?? null) : null,
    });
  }
  return listed;
}

const MAX_ADAPTERS = 4;

/** The MACs of a machine, up to the first adapter that is not enabled. */
export async function macsOf({ call }: Vbox, machine: string): Promise<readonly string[]> {
  const macs: string[] = [];
  for (let slot = 0; slot < MAX_ADAPTERS; slot += 1) {
    const adapter = await call('IMachine_getNetworkAdapter', machine, { slot });
    if ((await call('INetworkAdapter_getEnabled', adapter)) !== 'true') break;
    macs.push(await call('INetworkAdapter_getMACAddress', adapter));
  }
  return macs;
}
