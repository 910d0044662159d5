import { secret, secretNamesRegister } from '#api';
import { FIELDS, notUndone, undoNoun, undoRegister } from '#event-sourcing';
import type { UndoRule } from '#event-sourcing';
import { blueprint, plainBluePrint } from './blueprint.ts';
import { blueprints, HIDDEN_OF_BLUEPRINTS } from './blueprints.ts';
import { checkParents, foundationBluePrintFor } from './find-blueprint.ts';
import { pxe } from './pxe.ts';
import { pxes } from './pxes.ts';
import { scriptLink } from './script-link.ts';
import { scriptLinks } from './script-links.ts';
import { script } from './script.ts';
import { scripts } from './scripts.ts';

/** The part of a blueprint that its scripts are, beside what it says itself. */
const SLOTS = ['slots'];
const SAID = [FIELDS];

const blueprintUndo = undoNoun(blueprint, {
  model: 'BluePrint/BluePrint',
  kind: ({ kind }) => (kind === 'foundation' ? 'BluePrint/FoundationBluePrint' : 'BluePrint/StructureBluePrint'),
  rows: blueprints,
  hidden: HIDDEN_OF_BLUEPRINTS,
  plain: plainBluePrint,
  events: {
    BluePrintDescribed: SAID,
    BluePrintConfigured: SAID,
    ConfigSchemaChosen: SAID,
    BluePrintParentsChosen: SAID,
    FoundationTypesChosen: SAID,
    ValidationTemplateChosen: SAID,
    PhysicalInterfacesNamed: SAID,
    FoundationBluePrintsAllowed: SAID,
    FoundationBluePrintsLinked: SAID,
    FoundationBluePrintsUnlinked: SAID,
    SlotFilled: SLOTS,
    SlotEmptied: SLOTS,
  },
  parts: {
    slots: ['slots', 'scripts'],
    [FIELDS]: [
      'description',
      'configValues',
      'origins',
      'configSchema',
      'schemaOrigins',
      'parents',
      'foundationTypes',
      'validationTemplate',
      'physicalInterfaceNames',
      'foundationBluePrints',
      'linkedBy',
    ],
  },
  check: async (work, name, value) => {
    await checkParents(work, name, value.parents, value.kind);
    if (value.kind === 'foundation') return;
    for (const one of value.foundationBluePrints) {
      await foundationBluePrintFor(work, 'foundation_blueprint_list', one);
    }
  },
  uses: async (view, name) => {
    const { keys } = await view.keys(scriptLinks, { where: { blueprint: String(name) } });
    return keys.map((key) => `BluePrintScript ${key}`);
  },
});

const scriptUndo = undoNoun(script, {
  model: 'BluePrint/Script',
  rows: scripts,
  uses: async (view, name) => {
    const { keys } = await view.keys(scriptLinks, { where: { script: String(name) } });
    return keys.map((key) => `BluePrintScript ${key}`);
  },
});

const scriptLinkUndo = undoNoun(scriptLink, {
  noun: 'ScriptLink',
  model: 'BluePrint/BluePrintScript',
  rows: scriptLinks,
  check: async (work, id, { blueprint: owner, script: name, slot }) => {
    if ((await work.load(script, name)).stage !== 'active') {
      work.fault('script', 'INVALID_VALUE', `there is no script ${name}`);
    }
    const found = await work.load(blueprint, owner);
    if (found.stage !== 'active' || found.value.slots.get(slot)?.link !== Number(id)) {
      work.fault('blueprint', 'INVALID_VALUE', `there is no script ${slot} of blueprint ${owner} any more`);
    }
  },
});

const secretNamesUndo = undoRegister(secretNamesRegister, {
  events: { SecretNamesDeclared: ({ by }: { readonly by: string }) => [by] },
  undo: async (work, { id, parts, before }) => {
    for (const by of parts) {
      await work.decide(secretNamesRegister, id, {
        type: 'DeclareSecretNames',
        data: { by, names: before.get(by) ?? [] },
      });
    }
  },
});

/** How what a request did to blueprints and what is in them is undone. */
export const blueprintUndos: readonly UndoRule[] = [
  blueprintUndo,
  scriptUndo,
  scriptLinkUndo,
  undoNoun(pxe, { model: 'BluePrint/PXE', rows: pxes }),
  secretNamesUndo,
  notUndone(secret, 'what was erased is gone for good; give the secret a new value'),
];
