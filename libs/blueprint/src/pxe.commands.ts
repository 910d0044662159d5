import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, DeleteCommand, deleteHandler, given } from '#api';
import { pxe } from './pxe.ts';
import type { pxeFields } from './pxe.api.ts';

export class CreatePxe extends CreateCommand<NewValues<typeof pxeFields>> {}
export class ChangePxe extends ChangeCommand<ChangedValues<typeof pxeFields>> {}
export class DeletePxe extends DeleteCommand {}

export const pxeHandlers = [
  createHandler(CreatePxe, async (work, { name, boot_script: bootScript, template }) => {
    await work.decide(pxe, name, { type: 'DefinePxe', data: { bootScript, template } });
    return name;
  }),
  changeHandler(ChangePxe, (work, name, { boot_script: bootScript, template }) =>
    work.decide(pxe, name, { type: 'ChangePxe', data: given({ bootScript, template }) }),
  ),
  deleteHandler(DeletePxe, 'BluePrint/PXE', pxe),
];
