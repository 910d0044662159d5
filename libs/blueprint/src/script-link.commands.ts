import type { ChangedValues, NewValues } from '#api';
import {
  ChangeCommand,
  changeHandler,
  CreateCommand,
  createHandler,
  DeleteCommand,
  deleteUnreferencedHandler,
  checkPattern,
} from '#api';
import type { UnitOfWork } from '#kernel';
import { blueprint } from './blueprint.ts';
import type { scriptLinkFields } from './script-link.api.ts';
import type { ScriptLink } from './script-link.ts';
import { scriptLink } from './script-link.ts';
import { script } from './script.ts';

/** Puts a script into a slot of a blueprint. */
export class LinkScript extends CreateCommand<NewValues<typeof scriptLinkFields>, number> {}
export class RelinkScript extends ChangeCommand<ChangedValues<typeof scriptLinkFields>> {}
/** Takes scripts out of the slots they were linked into. */
export class UnlinkScript extends DeleteCommand {}

/** Takes a script out of the slot it was linked into. */
export async function unlink(work: UnitOfWork, id: number): Promise<void> {
  const link = await work.load(scriptLink, id);
  if (!link) return;
  await work.decide(blueprint, link.blueprint, { type: 'EmptySlot', data: { slot: link.slot, link: id } });
  await work.decide(scriptLink, id, { type: 'UnlinkScript', data: {} });
}

async function fill(work: UnitOfWork, id: number, link: ScriptLink): Promise<void> {
  checkPattern(work, 'name', link.slot, 'invalid');
  if (link.script && (await work.load(script, link.script)).stage !== 'active') {
    work.fault('script', 'INVALID_VALUE', `there is no script ${link.script}`);
  }
  if (!link.blueprint) return;
  const { slot, script: name } = link;
  await work.decide(blueprint, link.blueprint, { type: 'FillSlot', data: { slot, link: id, script: name } });
}

const linkScript = createHandler(LinkScript, async (work, { blueprint: owner, script: name, name: slot }, _, ids) => {
  const id = await ids.next('blueprintScript');
  const link = { blueprint: owner, script: name, slot };
  await fill(work, id, link);
  await work.decide(scriptLink, id, { type: 'LinkScript', data: link });
  return id;
});

const relinkScript = changeHandler(RelinkScript, async (work, key, values) => {
  const id = Number(key);
  const before = await work.load(scriptLink, id);
  if (!before) return;
  const link = {
    blueprint: values.blueprint ?? before.blueprint,
    script: values.script ?? before.script,
    slot: values.name ?? before.slot,
  };
  if (link.blueprint !== before.blueprint || link.slot !== before.slot) {
    await work.decide(blueprint, before.blueprint, { type: 'EmptySlot', data: { slot: before.slot, link: id } });
  }
  await fill(work, id, link);
  await work.decide(scriptLink, id, { type: 'RelinkScript', data: link });
});

const unlinkScript = deleteUnreferencedHandler(UnlinkScript, 'BluePrint/BluePrintScript', (work, id) =>
  unlink(work, Number(id)),
);

export const scriptLinkHandlers = [linkScript, relinkScript, unlinkScript];
