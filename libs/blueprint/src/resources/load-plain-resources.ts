import type { JsonMap } from '#kernel';
import { parse } from '#tscript';
import { checkTemplates } from '../pxe.commands.ts';
import { pxe } from '../pxe.ts';
import { script } from '../script.ts';
import { changesBetween } from './load-result.ts';
import type { Loading } from './loading.ts';
import { isWanted, note } from './loading.ts';
import { lineOf } from './resource-faults.ts';
import type { PxeDefinition, ScriptDefinition } from './resource-file.ts';
import { textOf } from './resource-file.ts';

/** Writes a script of a file, or what is new of it. */
export async function loadScript(loading: Loading, definition: ScriptDefinition): Promise<void> {
  const { name, description, text } = definition;
  const state = await loading.work.load(script, name);
  const before = state.stage === 'active' ? state.value : undefined;
  if (!isWanted(loading.selection, before !== undefined)) return note(loading, definition, 'skipped');
  loading.faults.checkName(definition, 40);
  loading.faults.checkText(definition, 'description', description, 200);
  loading.faults.checkText(definition, 'script', text);
  const first = lineOf(definition, textOf('script'));
  for (const { line, column, message } of text === '' ? [] : parse(text).faults) {
    const fault = `Script is invalid: line ${line} column ${column}: ${message}`;
    loading.faults.of(definition, { key: 'script', code: 'SCRIPT', text: fault }, first + line - 1);
  }
  const data = { description, text };
  await loading.faults.during(definition, () =>
    loading.work.decide(script, name, before ? { type: 'ChangeScript', data } : { type: 'DefineScript', data }),
  );
  const shown = (value: typeof data | undefined): JsonMap =>
    value ? { description: value.description, script: value.text } : {};
  note(loading, definition, before !== undefined, changesBetween(shown(before), shown(data)));
}

/** Defines a PXE of a file, or what is new of it. */
export async function loadPxe(loading: Loading, definition: PxeDefinition): Promise<void> {
  const { name, bootScript, template } = definition;
  const state = await loading.work.load(pxe, name);
  const before = state.stage === 'active' ? state.value : undefined;
  if (!isWanted(loading.selection, before !== undefined)) return note(loading, definition, 'skipped');
  loading.faults.checkName(definition, 50, /^/);
  loading.faults.checkText(definition, 'boot_script', bootScript);
  loading.faults.checkText(definition, 'template', template);
  const data = { bootScript, template };
  await loading.faults.during(definition, async () => {
    checkTemplates(loading.work, { boot_script: bootScript, template }, before);
    await loading.work.decide(pxe, name, before ? { type: 'ChangePxe', data } : { type: 'DefinePxe', data });
  });
  const shown = (value: typeof data | undefined): JsonMap =>
    value ? { boot_script: value.bootScript, template: value.template } : {};
  note(loading, definition, before !== undefined, changesBetween(shown(before), shown(data)));
}
