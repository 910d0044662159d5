import type { Origin, Written } from '#config';
import { written } from '#config';
import type { JsonMap } from '#kernel';
import type { ReadModel, Recorded } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { BluePrint, BluePrintChanges, LinkedFoundations, Slot } from './blueprint.ts';

/** A blueprint as it is shown, with the events its configuration values came with. */
export interface BluePrintRow extends Written {
  readonly kind: BluePrint['kind'];
  readonly description: string;
  readonly parents: readonly string[];
  /** Of foundations. */
  readonly foundationTypes?: readonly string[];
  readonly validationTemplate?: JsonMap;
  readonly physicalInterfaceNames?: readonly string[];
  /** Of structures. */
  readonly foundationBluePrints?: readonly string[];
  /** Foundation blueprint → the resource file that made the link to it. */
  readonly linkedBy?: Readonly<Record<string, string>>;
  /** Slot → script. */
  readonly scripts: Readonly<Record<string, string>>;
  readonly created: string;
  readonly updated: string;
}

const changed = change<BluePrintRow, BluePrintChanges>((row, { data, at }) => ({ ...row, ...data, updated: at }));
const originOf = ({ position, actor, at }: Recorded): Origin => ({ position: String(position), actor, at });

const withoutKeys = (map: Readonly<Record<string, string>> = {}, gone: (key: string) => boolean) =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !gone(key)));

/** Blueprints of both kinds by name. */
export const blueprints: ReadModel<BluePrintRow> = {
  name: 'blueprints',
  version: 3,
  key: 'text',
  history: true,
  indexes: { kind: ({ kind }) => kind },
  on: {
    BluePrintDefined: rule<BluePrintRow, BluePrint>((_, event) => ({
      ...event.data,
      ...written(undefined, event.data.configValues, originOf(event)),
      scripts: {},
      created: event.at,
      updated: event.at,
    })),
    BluePrintDescribed: changed,
    BluePrintConfigured: change<BluePrintRow, Pick<BluePrint, 'configValues'>>((row, event) => ({
      ...row,
      ...written(row, event.data.configValues, originOf(event)),
      updated: event.at,
    })),
    BluePrintParentsChosen: changed,
    FoundationTypesChosen: changed,
    ValidationTemplateChosen: changed,
    PhysicalInterfacesNamed: changed,
    FoundationBluePrintsAllowed: change<BluePrintRow, { foundationBluePrints: readonly string[] }>(
      (row, { data: { foundationBluePrints }, at }) => ({
        ...row,
        foundationBluePrints,
        linkedBy: withoutKeys(row.linkedBy, (one) => !foundationBluePrints.includes(one)),
        updated: at,
      }),
    ),
    FoundationBluePrintsLinked: change<BluePrintRow, LinkedFoundations>((row, { data, at }) => ({
      ...row,
      foundationBluePrints: [...(row.foundationBluePrints ?? []), ...data.foundationBluePrints],
      linkedBy: {
        ...row.linkedBy,
        ...Object.fromEntries(data.foundationBluePrints.map((one) => [one, data.source] as const)),
      },
      updated: at,
    })),
    FoundationBluePrintsUnlinked: change<BluePrintRow, LinkedFoundations>((row, { data, at }) => ({
      ...row,
      foundationBluePrints: (row.foundationBluePrints ?? []).filter((one) => !data.foundationBluePrints.includes(one)),
      linkedBy: withoutKeys(row.linkedBy, (one) => data.foundationBluePrints.includes(one)),
      updated: at,
    })),
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
