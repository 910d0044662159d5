import type { ChangedValues, NewValues } from '#api';
import { ChangeCommand, changeHandler, CreateCommand, createHandler, DeleteCommand, deleteHandler, given } from '#api';
import { templateFlaw } from '#config';
import type { UnitOfWork } from '#kernel';
import type { Pxe } from './pxe.ts';
import { pxe } from './pxe.ts';
import type { pxeFields } from './pxe.api.ts';

export class CreatePxe extends CreateCommand<NewValues<typeof pxeFields>> {}
export class ChangePxe extends ChangeCommand<ChangedValues<typeof pxeFields>> {}
/** Deletes PXEs; what may name one, many addresses perhaps, lets go of it. */
export class DeletePxe extends DeleteCommand {
  override get isLarge(): boolean {
    return true;
  }
}

/** What makes a boot script or template one that is rendered; remarks alone do not. */
export const TEMPLATE_MARK = /\{[{%]/;

/** Refuses texts that cannot be rendered, whatever the machine; what stands in the log may be written back. */
export function checkTemplates(work: UnitOfWork, given: ChangedValues<typeof pxeFields>, before?: Pxe): void {
  const texts = [
    ['boot_script', given.boot_script, before?.bootScript],
    ['template', given.template, before?.template],
  ] as const;
  for (const [field, text, old] of texts) {
    const flaw = text === undefined || text === null || text === old ? undefined : templateFlaw(text, TEMPLATE_MARK);
    if (flaw !== undefined) work.fault(field, 'TEMPLATE', `not a valid template: ${flaw}`);
  }
}

export const pxeHandlers = [
  createHandler(CreatePxe, async (work, { name, boot_script: bootScript, template }) => {
    checkTemplates(work, { boot_script: bootScript, template });
    await work.decide(pxe, name, { type: 'DefinePxe', data: { bootScript, template } });
    return name;
  }),
  changeHandler(ChangePxe, async (work, name, values) => {
    const { boot_script: bootScript, template } = values;
    const state = await work.load(pxe, name);
    checkTemplates(work, values, state.stage === 'active' ? state.value : undefined);
    return work.decide(pxe, name, { type: 'ChangePxe', data: given({ bootScript, template }) });
  }),
  deleteHandler(DeletePxe, 'BluePrint/PXE', pxe),
];
