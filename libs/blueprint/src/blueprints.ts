import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { FoundationBluePrint, Slot } from './blueprint.ts';

/** A blueprint as it is shown. */
export interface BluePrintRow extends Readonly<FoundationBluePrint> {
  /** Slot → script. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly created: string;
  readonly updated: string;
}

const changed = change<BluePrintRow, Partial<FoundationBluePrint>>((row, { data, at }) => ({
  ...row,
  ...data,
  updated: at,
}));

/** Blueprints of both kinds by name. */
export const blueprints: ReadModel<BluePrintRow> = {
  name: 'blueprints',
  version: 1,
  key: 'text',
  history: true,
  indexes: { kind: ({ kind }) => kind },
  on: {
    BluePrintDefined: rule<BluePrintRow, FoundationBluePrint>((_, { data, at }) => ({
      ...data,
      scripts: {},
      created: at,
      updated: at,
    })),
    BluePrintDescribed: changed,
    BluePrintConfigured: changed,
    BluePrintParentsChosen: changed,
    FoundationTypesChosen: changed,
    ValidationTemplateChosen: changed,
    PhysicalInterfacesNamed: changed,
    SlotFilled: change<BluePrintRow, Slot & { slot: string }>((row, { data: { slot, script } }) => ({
      ...row,
      scripts: { ...row.scripts, [slot]: script },
    })),
    SlotEmptied: change<BluePrintRow, { slot: string }>((row, { data: { slot } }) => ({
      ...row,
      scripts: Object.fromEntries(Object.entries(row.scripts).filter(([name]) => name !== slot)),
    })),
    BluePrintDeleted: gone(),
  },
};
