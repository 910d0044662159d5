import type { UnitOfWork } from '#kernel';
import type { Model } from '#api';
import { asText, byReference, dateTime, integer, NAME, reference, text } from '#api';
import type { Ids } from '#read-store';
import { blueprint } from './blueprint.ts';
import type { ScriptLink } from './script-link.ts';
import { scriptLink } from './script-link.ts';
import type { ScriptLinkRow } from './script-links.ts';
import { scriptLinks } from './script-links.ts';
import { script } from './script.ts';

/** Takes a script out of the slot it was linked into. */
export async function unlink(work: UnitOfWork, id: number): Promise<void> {
  const link = await work.load(scriptLink, id);
  if (!link) return;
  await work.decide(blueprint, link.blueprint, { type: 'EmptySlot', data: { slot: link.slot, link: id } });
  await work.decide(scriptLink, id, { type: 'UnlinkScript', data: {} });
}

async function fill(work: UnitOfWork, id: number, link: ScriptLink): Promise<void> {
  if (link.slot && !NAME.test(link.slot)) work.fault('name', 'PATTERN', 'invalid');
  if (link.script && (await work.load(script, link.script)).stage !== 'active') {
    work.fault('script', 'INVALID_VALUE', `there is no script ${link.script}`);
  }
  if (!link.blueprint) return;
  const { slot, script: name } = link;
  await work.decide(blueprint, link.blueprint, { type: 'FillSlot', data: { slot, link: id, script: name } });
}

/** Which script stands in which slot of which blueprint. */
export const scriptLinkModel = (ids: Ids): Model<ScriptLinkRow> => ({
  path: 'BluePrint/BluePrintScript',
  doc: 'Puts a script into a slot of a blueprint.',
  idField: 'id',
  fields: {
    blueprint: reference('BluePrint/BluePrint', { required: true }),
    script: reference('BluePrint/Script', { required: true }),
    name: text(50, { required: true }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
    id: integer({ mode: 'RO' }),
  },
  rows: scriptLinks,
  present: ({ slot, ...row }, id) => ({ ...row, name: slot, id }),
  create: async (work, values) => {
    const id = await ids.next('blueprintScript');
    const link = {
      blueprint: asText(values['blueprint']),
      script: asText(values['script']),
      slot: asText(values['name']),
    };
    await fill(work, id, link);
    await work.decide(scriptLink, id, { type: 'LinkScript', data: link });
    return id;
  },
  update: async (work, id, values) => {
    const before = await work.load(scriptLink, id);
    if (!before) return;
    const link = {
      blueprint: asText(values['blueprint'] ?? before.blueprint),
      script: asText(values['script'] ?? before.script),
      slot: asText(values['name'] ?? before.slot),
    };
    if (link.blueprint !== before.blueprint || link.slot !== before.slot) {
      const data = { slot: before.slot, link: Number(id) };
      await work.decide(blueprint, before.blueprint, { type: 'EmptySlot', data });
    }
    await fill(work, Number(id), link);
    await work.decide(scriptLink, id, { type: 'RelinkScript', data: link });
  },
  deletion: {
    close: async () => undefined,
    reopen: async () => undefined,
    users: async () => [],
    remove: async (work, id) => unlink(work, Number(id)),
  },
  filters: {
    blueprint: byReference('blueprint', 'BluePrint/BluePrint'),
  },
});
