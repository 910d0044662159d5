import { NAME } from '#api';
import { shownValues } from '#config';
import type { Json, JsonMap } from '#kernel';
import { changesFrom, declare } from '../blueprint.commands.ts';
import type { BluePrint, BluePrintChanges, Slot } from '../blueprint.ts';
import { blueprint } from '../blueprint.ts';
import { unlink } from '../script-link.commands.ts';
import { scriptLink } from '../script-link.ts';
import { script } from '../script.ts';
import { changesBetween } from './load-result.ts';
import type { Loading } from './loading.ts';
import { isWanted, note } from './loading.ts';
import type { BluePrintDefinition } from './resource-file.ts';

/** Defines a blueprint of a file, or changes what is new of it, and fills its slots; links aside. */
export async function loadBluePrint(loading: Loading, definition: BluePrintDefinition): Promise<void> {
  const { kind, name } = definition;
  const state = await loading.work.load(blueprint, name);
  const before = state.stage === 'active' ? state.value : undefined;
  if (before && before.kind !== kind) {
    return loading.faults.of(definition, {
      key: '',
      code: 'TAKEN',
      text: `there is a ${before.kind} blueprint ${name}`,
    });
  }
  if (!isWanted(loading.selection, before !== undefined)) return note(loading, definition, 'skipped');
  loading.faults.checkName(definition, 40);
  if (definition.description !== undefined || !before) {
    loading.faults.checkText(definition, 'description', definition.description, 200);
  }
  await checkReferences(loading, definition);
  const changes = await defineOrChange(loading, definition, before);
  const slots = await fillSlots(loading, definition, before?.slots ?? new Map());
  const was = before && { ...before, configSchema: before.configSchema ?? {} };
  note(loading, definition, before !== undefined, {
    ...changesBetween(shownBluePrint(kind, was ?? {}), shownBluePrint(kind, changes)),
    ...changesBetween({ scripts: slots.before }, { scripts: slots.after }),
  });
}

/** Names of other blueprints and of scripts. */
async function checkReferences(loading: Loading, definition: BluePrintDefinition): Promise<void> {
  const { kind, parents, scripts } = definition;
  const foundations = definition.kind === 'structure' ? definition.foundationBluePrints : [];
  const exists = async (key: string, wanted: BluePrint['kind'], name: string): Promise<void> => {
    const found = await loading.work.load(blueprint, name);
    if (found.stage === 'active' && found.value.kind === wanted) return;
    loading.faults.of(definition, { key, code: 'INVALID_VALUE', text: `there is no ${wanted} blueprint ${name}` });
  };
  for (const [n, parent] of parents.entries()) await exists(`parents.${n}`, kind, parent);
  for (const [n, name] of foundations.entries()) await exists(`foundation_blueprints.${n}`, 'foundation', name);
  for (const [slot, name] of scripts) {
    const key = `scripts.${slot}`;
    if (!NAME.test(slot) || slot.length > 50) {
      loading.faults.of(definition, { key, code: 'PATTERN', text: `"${slot}" is no name of a slot` });
    }
    if ((await loading.work.load(script, name)).stage !== 'active') {
      loading.faults.of(definition, { key, code: 'INVALID_VALUE', text: `there is no script ${name}` });
    }
  }
}

/** Defines a blueprint, or changes it. @returns what it is afterwards, as far as the file says it */
async function defineOrChange(
  loading: Loading,
  definition: BluePrintDefinition,
  before: BluePrint | undefined,
): Promise<BluePrintChanges> {
  const { kind, name } = definition;
  const { secrets, request } = loading.context;
  const values = {
    description: definition.description ?? (before ? undefined : ''),
    config_values: definition.configValues ?? (before ? undefined : {}),
    config_schema: definition.configSchema ?? (before ? undefined : {}),
    parent_list: definition.parents,
    ...(definition.kind === 'foundation'
      ? {
          foundation_type_list: definition.foundationTypes,
          validation_template: definition.validationTemplate ?? (before ? undefined : {}),
          physical_interface_names: definition.physicalInterfaceNames,
        }
      : {}),
  };
  let changes: BluePrintChanges = {};
  await loading.faults.during(definition, async () => {
    const missing = await loading.work.faultsOf(async () => {
      changes = await changesFrom(loading.work, name, values, kind, { secrets, before, request });
    });
    // Parents that are not there have been told already.
    for (const fault of missing) {
      if (fault.field !== 'parent_list' || fault.code === 'CYCLE') {
        loading.work.fault(fault.field, fault.code, fault.text, fault.path);
      }
    }
    const links = kind === 'structure' ? { foundationBluePrints: [] } : {};
    const data = before ? changes : ({ kind, ...changes, ...links } as BluePrint);
    await loading.work.decide(
      blueprint,
      name,
      before ? { type: 'ChangeBluePrint', data } : { type: 'DefineBluePrint', data: data as BluePrint },
    );
    await declare(loading.work, name, changes);
  });
  return changes;
}

/** Fills the slots a file lists, and empties the others. */
async function fillSlots(loading: Loading, definition: BluePrintDefinition, before: ReadonlyMap<string, Slot>) {
  const { name, scripts } = definition;
  await loading.faults.during(definition, async () => {
    for (const [slot, { link }] of before) if (!scripts.has(slot)) await unlink(loading.work, link);
    for (const [slot, wanted] of scripts) {
      const known = before.get(slot);
      if (known?.script === wanted) continue;
      const id = known?.link ?? (await loading.context.nextId());
      const data = { blueprint: name, script: wanted, slot };
      await loading.work.decide(blueprint, name, { type: 'FillSlot', data: { slot, link: id, script: wanted } });
      await loading.work.decide(scriptLink, id, known ? { type: 'RelinkScript', data } : { type: 'LinkScript', data });
    }
  });
  const map = (pairs: Iterable<readonly [string, string]>): JsonMap =>
    Object.fromEntries([...pairs].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return { before: map([...before].map(([slot, one]) => [slot, one.script] as const)), after: map(scripts) };
}

/** A blueprint, or what changes of it, by the keys of a file. */
function shownBluePrint(kind: BluePrint['kind'], value: BluePrintChanges): JsonMap {
  const common: Record<string, Json | undefined> = {
    description: value.description,
    config_values: value.configValues && shownValues(value.configValues),
    config_schema: value.configSchema as unknown as JsonMap | undefined,
    parents: value.parents,
  };
  const all: Record<string, Json | undefined> =
    kind === 'structure'
      ? common
      : {
          ...common,
          foundation_types: value.foundationTypes,
          template: value.validationTemplate,
          physical_interface_names: value.physicalInterfaceNames,
        };
  return Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined)) as JsonMap;
}
