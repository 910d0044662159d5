import type { ChangedValues, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteUnreferencedHandler,
} from '#api';
import { defineRealInterface, macFrom, putRealInterface } from './define-real-interface.ts';
import { foundationInterfaces } from './foundation-interfaces.ts';
import { checkNetworkChange, checkStays, structureOn } from './members.ts';
import type { realInterfaceFields } from './real-interface.api.ts';
import type { RealInterface } from './real-interface.ts';
import { realInterface } from './real-interface.ts';
import { removeInterface } from './remove-interfaces.ts';

type Fields = typeof realInterfaceFields;

export class CreateRealInterface extends CreateCommand<NewValues<Fields>, number> {}
export class ChangeRealInterface extends ChangeCommand<ChangedValues<Fields>> {}
export class DeleteRealInterface extends DeleteCommand {}

const createRealInterface = createHandler(CreateRealInterface, async (work, values, _, ids) => {
  const id = await ids.next('networkInterface');
  const value: RealInterface = {
    foundation: values.foundation,
    name: values.name,
    physicalLocation: values.physical_location,
    network: values.network,
    mac: macFrom(work, values.mac),
    provisioning: values.is_provisioning ?? false,
    linkName: values.link_name,
    pxe: values.pxe,
  };
  await defineRealInterface(work, id, value);
  return id;
});

const changeRealInterface = changeHandler(ChangeRealInterface, async (work, key, values) => {
  const id = Number(key);
  const found = await work.load(realInterface, id);
  if (found.stage !== 'active') {
    work.fault('', 'NOT_FOUND', 'Real network interface does not exist');
    return;
  }
  const before = found.value;
  const after: RealInterface = {
    foundation: values.foundation ?? before.foundation,
    name: values.name ?? before.name,
    physicalLocation: values.physical_location ?? before.physicalLocation,
    network: values.network ?? before.network,
    mac: values.mac === undefined ? before.mac : macFrom(work, values.mac),
    provisioning: values.is_provisioning ?? before.provisioning,
    linkName: values.link_name === undefined ? before.linkName : values.link_name,
    pxe: values.pxe === undefined ? before.pxe : values.pxe,
  };
  if (after.foundation !== before.foundation) {
    await checkStays(work, 'foundation', await structureOn(work, before.foundation), id);
    await work.decide(foundationInterfaces, before.foundation, { type: 'DropInterface', data: { id } });
  } else if (after.network !== before.network) {
    await checkNetworkChange(work, await structureOn(work, before.foundation), id, after.network);
  }
  await putRealInterface(work, id, after);
  await work.decide(realInterface, id, { type: 'ChangeRealInterface', data: after });
});

/** Addresses refer to a real interface by its name, and may go on to; what is made of it goes or is changed with it. */
const deleteRealInterface = deleteUnreferencedHandler(DeleteRealInterface, 'Utilities/NetworkInterface', (work, id) =>
  removeInterface(work, Number(id)),
);

export const realInterfaceHandlers = [createRealInterface, changeRealInterface, deleteRealInterface];
