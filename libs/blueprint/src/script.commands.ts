import type { ChangedValues, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteHandler,
  given,
  checkPattern,
} from '#api';
import type { UnitOfWork } from '#kernel';
import { parse } from '#tscript';
import type { scriptFields } from './script.api.ts';
import { unlink } from './script-link.commands.ts';
import { scriptLinks } from './script-links.ts';
import { script } from './script.ts';

export class CreateScript extends CreateCommand<NewValues<typeof scriptFields>> {}
export class ChangeScript extends ChangeCommand<ChangedValues<typeof scriptFields>> {}
/** Deletes scripts, and takes them out of the slots they were linked into. */
export class DeleteScript extends DeleteCommand {}

/** Notes what is wrong with the source of a script, each with its line and column. */
function check(work: UnitOfWork, source = ''): void {
  if (source === '') return;
  for (const { line, column, message } of parse(source).faults) {
    work.fault('script', 'SCRIPT', `Script is invalid: line ${line} column ${column}: ${message}`);
  }
}

export const scriptHandlers = [
  createHandler(CreateScript, async (work, { name, description, script: text }) => {
    checkPattern(work, 'name', name, 'invalid');
    check(work, text);
    await work.decide(script, name, { type: 'DefineScript', data: { description, text } });
    return name;
  }),
  changeHandler(ChangeScript, async (work, name, { description, script: text }) => {
    check(work, text);
    await work.decide(script, name, { type: 'ChangeScript', data: given({ description, text }) });
  }),
  deleteHandler(DeleteScript, 'BluePrint/Script', script, async (work, name, view) => {
    const { keys } = await view.keys(scriptLinks, { where: { script: String(name) } });
    for (const key of keys) await unlink(work, Number(key));
  }),
];
